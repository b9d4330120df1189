import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Context, context as ownThreads, Pull, Push } from '@ringpost/transport'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runWith } from '../support/program.ts'
import { Opened } from './libraries.ts'

const places = [
  { place: 'threads of their own', context: ownThreads },
  { place: 'the loop of the sockets', context: new Context({ ioThreads: 0 }) },
]

const opened = new Opened()
let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringpost-paths-'))
  path = join(folder, 'socket')
})
afterEach(() => {
  opened.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.each(places)('a path, with I/O in $place,', ({ context }) => {
  async function pullAt(at: string): Promise<Pull> {
    const pull = opened.add(new Pull({ context }))
    await pull.bind(`ipc://${at}`)
    return pull
  }

  it('is taken from whoever had it, and stays when that one lets go', async () => {
    const first = await pullAt(path)
    const second = await pullAt(path)
    await first.unbind(first.lastEndpoint!)
    expect(existsSync(path)).toBe(true)
    const push = opened.add(new Push({ context }))
    push.connect(`ipc://${path}`)
    await push.send('to the second')
    expect(String(await second.receive())).toBe('to the second')
  })

  it('is bound beside others that are about to take it as well', async () => {
    const other = net.createServer().listen(`${path}~`)
    await once(other, 'listening')
    await pullAt(path)
    expect(readdirSync(folder).toSorted()).toEqual(['socket', 'socket~'])
    other.close()
  })

  it('that is a file of another kind is left alone', async () => {
    writeFileSync(path, 'not to be lost')
    await expect(pullAt(path)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(existsSync(path)).toBe(true)
  })
})

it('a thread that ends closes no descriptor that is another one by then', async () => {
  const outcome = await runWith(
    '@ringpost/transport',
    `
      import { closeSync, fstatSync, openSync } from 'node:fs'
      const { context } = await import(library)
      context.ioThreads = 0
      const endpoint = ${JSON.stringify(`ipc://${path}`)}
      const worker = thread(
        \`import(library).then(async ({ Pull }) => {
          const pull = new Pull()
          for (let n = 0; n < 20; n++) await pull.bind(workerData.endpoint + n)
          for (let n = 0; n < 20; n++) await pull.unbind(workerData.endpoint + n)
          parentPort.once('message', () => process.exit())
          parentPort.postMessage('unbound')
        })\`,
        { workerData: { endpoint } },
      )
      await once(worker, 'message')
      const files = Array.from({ length: 100 }, () => openSync('/dev/null'))
      worker.postMessage('end')
      await once(worker, 'exit')
      for (const file of files) fstatSync(file)
      for (const file of files) closeSync(file)
      console.log('all open')
    `,
  )
  expect(outcome).toEqual({ errors: '', code: 0, signal: null, lines: ['all open'] })
})
