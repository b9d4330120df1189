import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import net from 'node:net'
import { Worker } from 'node:worker_threads'
import { Context, context as ownThreads, Pull, Push, type SocketEvent } from '@ringpost/transport'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { FreePaths, freeTcpEndpoint } from '../support/freeEndpoints.ts'
import { PeerProcess } from '../support/peerProcess.ts'
import { libraries, nextEvent, Opened, pairs } from './libraries.ts'

/** What addresses and options of connecting mean, over real connections. */

const places = [
  { place: 'threads of their own', context: ownThreads },
  { place: 'the loop of the sockets', context: new Context({ ioThreads: 0 }) },
]

const paths = new FreePaths()
const opened = new Opened()
afterEach(() => opened.close())
afterAll(() => paths.release())

interface Observable {
  readonly events: { receive(): Promise<SocketEvent> }
}

/** The next events, up to one of this type. */
async function eventsTo({ events }: Observable, last: SocketEvent['type']): Promise<SocketEvent[]> {
  const seen: SocketEvent[] = []
  do seen.push(await events.receive())
  while (seen.at(-1)!.type !== last)
  return seen
}

const portOf = (endpoint: string): number => Number(endpoint.split(':').at(-1))
const pathOf = (endpoint: string): string => endpoint.slice('ipc://'.length)

/** Whether this machine has addresses of version 6. */
async function hasIPv6(): Promise<boolean> {
  const server = net.createServer().listen(0, '::1')
  const answer = await once(server, 'listening').then(
    () => true,
    () => false,
  )
  server.close()
  return answer
}

let names = 0
const abstractName = (): string => `ipc://@ringpost test ${process.pid} ${++names}`

/** @see https://github.com/libuv/libuv/pull/4266 */
const fillsNames = Number(process.versions.uv.split('.')[1]) < 48

describe.each(pairs)('%s binds and %s connects', (binding, connecting) => {
  it('a name that is no file, but for one that Node.js 20 has filled up', async () => {
    const name = abstractName()
    const pull = opened.add(new libraries[binding].Pull())
    await pull.bind(name)
    expect(readFileSync('/proc/net/unix', 'latin1')).toContain(pathOf(name))
    expect(existsSync(pathOf(name))).toBe(false)
    const push = opened.add(new libraries[connecting].Push({ linger: 0 }))
    const refused = nextEvent(push, 'connect:retry')
    push.connect(name)
    if (fillsNames && binding !== connecting) {
      expect(await refused).toMatchObject({ address: name })
      return
    }
    await push.send('hello')
    expect(String(await pull.receive())).toBe('hello')
  })
})

describe.each(places)('with I/O in $place,', ({ context }) => {
  const newPull = (options: object = {}): Pull => opened.add(new Pull({ context, ...options }))
  const newPush = (options: object = {}): Push => opened.add(new Push({ context, ...options }))

  async function expectTalk(pull: Pull, endpoint: string, options: object = {}): Promise<void> {
    const push = newPush(options)
    push.connect(endpoint)
    await push.send(endpoint)
    expect(String(await pull.receive())).toBe(endpoint)
  }

  it('a host’s name is bound as its address', async () => {
    for (const scheme of ['tcp', 'ws']) {
      // The second is not known without being looked up: a call that blocks cannot.
      for (const host of ['localhost', 'LOCALHOST']) {
        const pull = newPull()
        await pull.bind(`${scheme}://${host}:*`)
        expect(pull.lastEndpoint).toMatch(`${scheme}://127.0.0.1:`)
        await expectTalk(pull, pull.lastEndpoint!)
      }
      const pull = newPull()
      pull.bindSync(`${scheme}://localhost:*`)
      await expectTalk(pull, pull.lastEndpoint!)
      // No name has so many letters in one part: the system says so without asking anybody.
      const address = `${scheme}://${'x'.repeat(64)}.invalid:5555`
      const unknown = { code: 'ENODEV', address }
      await expect(newPull().bind(unknown.address)).rejects.toMatchObject(unknown)
      expect(() => newPull().bindSync(unknown.address)).toThrow(expect.objectContaining(unknown))
    }
  })

  it('a context that ends while a name is looked up ends the bind', async () => {
    const its = new Context({ ioThreads: context.ioThreads })
    const pull = opened.add(new Pull({ context: its }))
    const binding = pull.bind('tcp://LOCALHOST:*')
    its.shutdown()
    await expect(binding).rejects.toMatchObject({ code: 'ETERM' })
  })

  it('an interface is let go of by its name, and only once', async () => {
    const pull = newPull()
    const name = (await freeTcpEndpoint()).replace('127.0.0.1', 'lo')
    const address = name.replace('lo', '127.0.0.1')
    for (const other of [name, address]) {
      await pull.bind(name)
      await pull.unbind(other)
      pull.bindSync(name)
      pull.unbindSync(other)
      for (const gone of [name, address])
        expect(() => pull.unbindSync(gone)).toThrow(
          expect.objectContaining({ code: 'ENOENT', address: gone }),
        )
    }
    await pull.bind(name)
    await expectTalk(pull, address)
  })

  it('a name that is no file is free when its socket has let go of it', async () => {
    const name = abstractName()
    const first = newPull()
    await first.bind(name)
    const second = newPull()
    await expect(second.bind(name)).rejects.toMatchObject({ code: 'EADDRINUSE', address: name })
    await first.unbind(name)
    await second.bind(name)
    await expectTalk(second, name)
  })

  it('a name that is no file has letters', async () => {
    await expect(newPull().bind('ipc://@')).rejects.toMatchObject({ code: 'EINVAL' })
    expect(() => newPush().connect('ipc://@')).toThrow('Invalid argument')
  })

  it('a file of its own is there for as long as it is listened at', async () => {
    const pull = newPull()
    await pull.bind('ipc://*')
    const path = pathOf(pull.lastEndpoint!)
    expect(existsSync(path)).toBe(true)
    await expectTalk(pull, pull.lastEndpoint!)
    await pull.unbind(pull.lastEndpoint!)
    await expect.poll(() => existsSync(path)).toBe(false)
  })

  it('a file that a process has left behind when it was killed is replaced', async () => {
    const endpoint = paths.endpoint()
    const peer = new PeerProcess(
      `
      const pull = new ringpost.Pull()
      await pull.bind(data.endpoint)
      console.log('listening')
      await pull.receive()
      `,
      { endpoint },
    )
    expect(await peer.line()).toBe('listening')
    await peer.kill()
    expect(existsSync(pathOf(endpoint))).toBe(true)
    const pull = newPull()
    await pull.bind(endpoint)
    await expectTalk(pull, endpoint)
  })

  it('an interface is bound by its name', async () => {
    const pull = newPull()
    await pull.bind('tcp://lo:*')
    expect(pull.lastEndpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/)
    await expectTalk(pull, pull.lastEndpoint!)
  })

  it('an address of version 6 is bound and connected to, where there is one', async () => {
    const pull = newPull()
    if (!(await hasIPv6())) {
      await expect(pull.bind('tcp://[::1]:*')).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
      return
    }
    await pull.bind('tcp://[::1]:*')
    expect(pull.lastEndpoint).toMatch(/^tcp:\/\/\[::1\]:\d+$/)
    await expectTalk(pull, pull.lastEndpoint!)
    const both = newPull({ ipv6: true })
    await both.bind('tcp://*:*')
    const port = portOf(both.lastEndpoint!)
    expect(both.lastEndpoint).toBe(`tcp://[::]:${port}`)
    await expectTalk(both, `tcp://127.0.0.1:${port}`)
    await expectTalk(both, `tcp://[::1]:${port}`, { ipv6: true })
  })

  it('an attempt to connect takes no longer than connectTimeout', async () => {
    // The system keeps whoever comes then waiting: its queue of connections is full.
    const thread = new Worker(
      `
      const { parentPort } = require('node:worker_threads')
      const server = require('node:net').createServer()
      server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        parentPort.postMessage(server.address().port)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
      })
      `,
      { eval: true },
    )
    const [port] = (await once(thread, 'message')) as [number]
    const waiting = [net.connect(port, '127.0.0.1'), net.connect(port, '127.0.0.1')]
    await Promise.all(waiting.map((stream) => once(stream, 'connect')))
    const push = newPush({ connectTimeout: 50 })
    const attempt = eventsTo(push, 'connect:retry')
    push.connect(`tcp://127.0.0.1:${port}`)
    const types = (await attempt).map(({ type }) => type)
    expect(types).toEqual(['connect:delay', 'close', 'connect:retry'])
    for (const stream of waiting) stream.destroy()
    await thread.terminate()
  })

  it('attempts come in intervals that double up to reconnectMaxInterval', async () => {
    const push = newPush({ reconnectInterval: 1, reconnectMaxInterval: 5 })
    const { events } = push
    push.connect(await freeTcpEndpoint())
    const intervals: number[] = []
    for await (const event of events) {
      if (event.type === 'connect:retry' && intervals.push(event.interval) === 6) break
    }
    expect(intervals).toEqual([1, 2, 4, 5, 5, 5])
  })

  it('with immediate, messages wait for a connection that is there', async () => {
    const endpoint = await freeTcpEndpoint()
    const settings = { sendTimeout: 0, reconnectInterval: 10 }
    const immediate = newPush({ ...settings, immediate: true })
    const usual = newPush(settings)
    const refused = eventsTo(immediate, 'connect:retry')
    for (const push of [immediate, usual]) push.connect(endpoint)
    await refused
    await usual.send('waits')
    await expect(immediate.send('withheld')).rejects.toMatchObject({ code: 'EAGAIN' })

    const pull = newPull()
    const known = eventsTo(immediate, 'handshake')
    await pull.bind(endpoint)
    expect(String(await pull.receive())).toBe('waits')
    await known
    await immediate.send('goes')
    expect(String(await pull.receive())).toBe('goes')

    const lost = eventsTo(immediate, 'disconnect')
    pull.close()
    await lost
    await expect(immediate.send('withheld')).rejects.toMatchObject({ code: 'EAGAIN' })
  })
})

describe('a queue of connections that nobody has taken', () => {
  it('is as long as backlog says', async () => {
    const pull = opened.add(new Pull({ context: new Context({ ioThreads: 0 }), backlog: 2 }))
    const endpoint = paths.endpoint()
    pull.bindSync(endpoint)
    // All of them before the loop takes the first; the system lets in one more than are to wait.
    const streams = Array.from({ length: 6 }, () => net.connect(pathOf(endpoint)))
    const outcomes = await Promise.all(
      streams.map((stream) =>
        once(stream, 'connect').then(
          () => 'connected',
          ({ code }: NodeJS.ErrnoException) => code ?? 'no code',
        ),
      ),
    )
    for (const stream of streams) stream.destroy()
    const those = (outcome: string): number => outcomes.filter((each) => each === outcome).length
    expect({ connected: those('connected'), refused: those('EAGAIN') }).toEqual({
      connected: 3,
      refused: 3,
    })
  })
})
