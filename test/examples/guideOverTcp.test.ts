import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../support/freeEndpoints.ts'
import { startExample, type RunningExample } from './startExample.ts'

// One process for each role, as in the Guide.

let running: RunningExample[] = []
afterEach(async () => {
  await Promise.all(running.map((example) => example.kill()))
  running = []
})

function start(role: string, ...roleArguments: (string | number)[]): RunningExample {
  const example = startExample(`guide/${role}.js`, roleArguments.map(String))
  running.push(example)
  return example
}

const anyInterface = (port: number): string => `tcp://*:${port}`
const here = (port: number): string => `tcp://localhost:${port}`

describe('hello world', () => {
  it('works whoever starts first', async () => {
    const port = await freePort()
    const client = start('helloWorldClient', here(port))
    await client.says('Sending Hello 0')
    start('helloWorldServer', anyInterface(port))
    expect(await client.ended()).toBe(0)
    expect(client.output()).toContain('Received World 9')
  })
})

describe('weather', () => {
  it('goes on when the server is killed and started again', async () => {
    const port = await freePort()
    const client = start('weatherClient', 10001, 40, here(port))
    const server = start('weatherServer', anyInterface(port))
    await client.says('update 10')
    await server.kill()
    start('weatherServer', anyInterface(port))
    expect(await client.ended()).toBe(0)
    expect(client.output()).toMatch(/Average temperature for zip code 10001 was -?\d+F/)
  })
})

describe('pipeline', () => {
  it('shares the batch out among workers', async () => {
    const [tasks, results, startPort] = [await freePort(), await freePort(), await freePort()]
    const sink = start('taskSink', anyInterface(results), anyInterface(startPort), 2, 20)
    const ventilator = start('taskVentilator', anyInterface(tasks), here(startPort), 20, 40)
    for (let worker = 0; worker < 2; worker++) start('taskWorker', here(tasks), here(results))
    expect(await Promise.all([sink.ended(), ventilator.ended()])).toEqual([0, 0])
    expect(sink.output()).toMatch(/^:\.{9}:\.{9}\nTotal elapsed time: \d+ msec\n$/)
  })
})
