import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { promisedOutput } from '../../examples/promisedOutput.ts'
import { runExample } from '../../examples/runExample.ts'
import { startExample, type RunningExample } from '../../examples/startExample.ts'

const source = new URL('../../../examples/src/actors/chat/main.ts', import.meta.url)

let running: RunningExample[] = []
afterEach(async () => {
  await Promise.all(running.map((example) => example.kill()))
  running = []
})

function start(program: string, ...programArguments: string[]): RunningExample {
  const example = startExample(`actors/chat/${program}.js`, programArguments)
  running.push(example)
  return example
}

describe('the chat', () => {
  it('prints what it says', async () => {
    const promised = promisedOutput(readFileSync(source, 'utf8'))
    const run = await runExample('actors/chat/main.js')
    expect(run).toEqual({ stdout: promised, stderr: '', exitCode: 0 })
  })

  it('tells its users when the server is gone', async () => {
    const server = start('server', 'tcp://127.0.0.1:*')
    await server.says('Listening at ')
    const [, endpoint] = /Listening at (.*)\n/.exec(server.output())!
    const user = start('user', 'ann', 'kitchen', endpoint!)
    // It reads once its place in the room is known to it.
    user.child.stdin!.write('hello\n')
    await user.says('ann: hello')
    await server.kill()
    expect(await user.ended()).toBe(0)
    expect(user.output()).toContain('* The room is closed: node lost')
  })
})
