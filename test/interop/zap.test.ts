import { once } from 'node:events'
import net from 'node:net'
import { inspect } from 'node:util'
import { Worker } from 'node:worker_threads'
import {
  Context,
  curveKeyPair,
  Pull,
  Push,
  Reply,
  Request,
  type EventOfType,
  type EventType,
  type Socket,
} from '@ringpost/transport'
import { decodeZ85 } from '@ringpost/core/internal'
import { afterEach, describe, expect, it } from 'vitest'
import { run } from '../support/program.ts'
import { urlOf } from '../support/suiteModule.ts'
import { whenClosed } from '../support/whenClosed.ts'
import { nextEvent as nextEventOf, Opened, schemes } from './libraries.ts'

/** Handlers that applications write: what they are asked, and what becomes of their answers. */

const ZAP = 'inproc://zeromq.zap.01'
const ANYWHERE = 'tcp://127.0.0.1:*'
const keys = { client: curveKeyPair(), server: curveKeyPair() }
const alice = { plainUsername: 'alice', plainPassword: 'secret' }
const plain = { client: alice, server: { plainServer: true } }
const curve = {
  client: {
    curvePublicKey: keys.client.publicKey,
    curveSecretKey: keys.client.secretKey,
    curveServerKey: keys.server.publicKey,
  },
  server: { curveServer: true, curveSecretKey: keys.server.secretKey },
}

const opened = new Opened()
afterEach(() => opened.close())

const nextEvent = nextEventOf as unknown as <Type extends EventType>(
  socket: Socket,
  type: Type,
) => Promise<EventOfType<Type>>

const pullFor = (options: object): Pull => opened.add(new Pull({ ...options, linger: 0 }))
const pushFor = (options: object): Push =>
  opened.add(new Push({ ...options, linger: 0, reconnectInterval: 10 }))

type Answer = (request: Buffer[]) => (string | Buffer)[]

/** A handler that answers by itself. */
function handle(reply: Answer): Reply {
  const handler = opened.add(new Reply())
  handler.bindSync(ZAP)
  void answerAll(handler, reply)
  return handler
}

async function answerAll(handler: Reply, reply: Answer): Promise<void> {
  for await (const request of handler) {
    // The test may have ended.
    if (!handler.closed) await handler.send(reply(request))
  }
}

const lettingIn = ([version, id]: Buffer[]): (string | Buffer)[] => [
  version!,
  id!,
  '200',
  'OK',
  'alice',
  '',
]

/** A handler in a thread of its own. */
async function handlerThread(): Promise<Worker> {
  const worker = new Worker(new URL('../dist/interop/zapHandlerThread.js', import.meta.url))
  opened.add({ close: () => void worker.terminate() })
  await once(worker, 'message')
  return worker
}

/** What arrives of `in`. */
async function sent(push: Push, pull: Pull): Promise<string> {
  await push.send('in')
  return String(await pull.receive())
}

describe('what a handler is asked', () => {
  it.each(schemes)('over $scheme', async ({ scheme, anywhere }) => {
    const asked: Buffer[][] = []
    handle((request) => {
      asked.push(request)
      return lettingIn(request)
    })
    const cases = [
      { name: 'NULL', client: {}, server: {}, credentials: [] },
      {
        name: 'PLAIN',
        ...plain,
        credentials: ['alice', 'secret'].map((text) => Buffer.from(text)),
      },
      { name: 'CURVE', ...curve, credentials: [decodeZ85(keys.client.publicKey)!] },
    ]
    for (const { name, client, server, credentials } of cases) {
      const reply = opened.add(new Reply({ ...server, zapDomain: 'global', routingId: 'server' }))
      await reply.bind(anywhere())
      const request = opened.add(new Request({ ...client, linger: 0 }))
      request.connect(reply.lastEndpoint!)
      await request.send('in')
      await reply.receive()
      const address = scheme === 'ipc' ? 'localhost' : '127.0.0.1'
      const frames = ['1.0', '1', 'global', address, 'server', name].map((text) =>
        Buffer.from(text),
      )
      expect(asked.splice(0)).toEqual([[...frames, ...credentials]])
    }
  })

  it('is nothing where there is no domain and no security', async () => {
    handle(() => expect.unreachable())
    const pull = pullFor({})
    await pull.bind(ANYWHERE)
    const push = pushFor({})
    push.connect(pull.lastEndpoint!)
    expect(await sent(push, pull)).toBe('in')
  })

  it('both sides ask with NULL, where both have a domain', async () => {
    const domains: string[] = []
    handle((request) => {
      domains.push(String(request[2]))
      return lettingIn(request)
    })
    const pull = pullFor({ zapDomain: 'binding' })
    await pull.bind(ANYWHERE)
    const push = pushFor({ zapDomain: 'connecting' })
    push.connect(pull.lastEndpoint!)
    expect(await sent(push, pull)).toBe('in')
    expect(domains.toSorted()).toEqual(['binding', 'connecting'])
  })
})

describe('a handler in another thread', () => {
  it('is asked about many at once, and answers in any order', async () => {
    const worker = await handlerThread()
    const pull = pullFor(plain.server)
    await pull.bind(ANYWHERE)
    const refused = nextEvent(pull, 'handshake:error:auth')
    for (const name of ['one', 'two', 'three']) {
      const push = pushFor({ ...alice, plainUsername: name })
      push.connect(pull.lastEndpoint!)
      await push.send(name).catch(() => undefined)
    }
    const arrived = [await pull.receive(), await pull.receive()].map(String)
    expect(new Set(arrived).size).toBe(2)
    expect((await refused).error).toMatchObject({ status: 400 })
    worker.postMessage('end')
    await once(worker, 'exit')
  })
})

describe('a handler whose thread is terminated while it is asked', () => {
  it('lets nobody in; the next one is asked', async () => {
    const worker = await handlerThread()
    const pull = pullFor(plain.server)
    await pull.bind(ANYWHERE)
    const refused = nextEvent(pull, 'handshake:error:other')
    const push = pushFor(alice)
    push.connect(pull.lastEndpoint!)
    await once(worker, 'message')
    await worker.terminate()
    expect((await refused).error).toMatchObject({ code: 'EFAULT' })
    handle(lettingIn)
    expect(await sent(push, pull)).toBe('in')
  })
})

describe('while nobody has bound the name of the handler', () => {
  it.each([
    { title: 'NULL with a domain', client: {}, server: { zapDomain: 'a' } },
    { title: 'CURVE', ...curve },
    { title: 'CURVE with a domain', ...curve, server: { ...curve.server, zapDomain: 'a' } },
    {
      title: 'CURVE that enforces no domain',
      ...curve,
      server: { ...curve.server, zapEnforceDomain: true },
    },
  ])('all come in: $title', async ({ client, server }) => {
    const pull = pullFor(server)
    await pull.bind(ANYWHERE)
    const push = pushFor(client)
    push.connect(pull.lastEndpoint!)
    expect(await sent(push, pull)).toBe('in')
  })

  it.each([
    { title: 'PLAIN', ...plain },
    {
      title: 'NULL that enforces a domain',
      client: {},
      server: { zapDomain: 'a', zapEnforceDomain: true },
    },
    {
      title: 'CURVE that enforces a domain',
      ...curve,
      server: { ...curve.server, zapDomain: 'a', zapEnforceDomain: true },
    },
  ])('nobody comes in, and later all do: $title', async ({ client, server }) => {
    const pull = pullFor(server)
    await pull.bind(ANYWHERE)
    const refused = nextEvent(pull, 'handshake:error:other')
    const push = pushFor(client)
    push.connect(pull.lastEndpoint!)
    expect((await refused).error).toMatchObject({ code: 'EFAULT', errno: 14 })
    handle(lettingIn)
    expect(await sent(push, pull)).toBe('in')
  })

  it('a server that connects tries again, too', async () => {
    const pull = pullFor(plain.client)
    await pull.bind(ANYWHERE)
    const push = pushFor(plain.server)
    const refused = nextEvent(push, 'handshake:error:other')
    push.connect(pull.lastEndpoint!)
    await refused
    handle(lettingIn)
    expect(await sent(push, pull)).toBe('in')
  })

  it('CURVE that enforces no domain asks no handler either', async () => {
    handle(() => expect.unreachable())
    const pull = pullFor({ ...curve.server, zapEnforceDomain: true })
    await pull.bind(ANYWHERE)
    const push = pushFor(curve.client)
    push.connect(pull.lastEndpoint!)
    expect(await sent(push, pull)).toBe('in')
  })
})

describe('an answer', () => {
  it.each([
    ['ERR_ZAP_MALFORMED_REPLY', (id: Buffer) => ['1.0', id, '200', '', '']],
    ['ERR_ZAP_MALFORMED_REPLY', (id: Buffer) => ['1.0', id, '200', '', '', '', '']],
    ['ERR_ZAP_BAD_VERSION', (id: Buffer) => ['1.1', id, '200', '', '', '']],
    ['ERR_ZAP_BAD_REQUEST_ID', () => ['1.0', '2', '200', '', '', '']],
    ['ERR_ZAP_INVALID_STATUS_CODE', (id: Buffer) => ['1.0', id, '201', '', '', '']],
    ['ERR_ZAP_INVALID_METADATA', (id: Buffer) => ['1.0', id, '200', '', '', 'x']],
  ])('that is none: %s', async (code, reply) => {
    handle(([, id]) => reply(id!))
    const pull = pullFor(plain.server)
    const refused = nextEvent(pull, 'handshake:error:protocol')
    await pull.bind(ANYWHERE)
    pushFor(alice).connect(pull.lastEndpoint!)
    expect((await refused).error).toMatchObject({ code, message: 'ZAP protocol error' })
  })

  it.each([
    [400, 'Authentication failure'],
    [500, 'Internal error'],
  ])('of %i is told both sides', async (status, message) => {
    handle(([version, id]) => [version!, id!, String(status), '', '', ''])
    const pull = pullFor(plain.server)
    const push = pushFor(alice)
    const told = [pull, push].map((socket) => nextEvent(socket, 'handshake:error:auth'))
    await pull.bind(ANYWHERE)
    push.connect(pull.lastEndpoint!)
    for (const { error } of await Promise.all(told))
      expect(error).toMatchObject({ status, message })
  })

  it('of 300 closes the connection, and the next one may come in', async () => {
    let status = '300'
    handle(([version, id]) => [version!, id!, status, '', '', ''])
    const pull = pullFor(plain.server)
    const push = pushFor(alice)
    const told = nextEvent(pull, 'handshake:error:auth')
    await pull.bind(ANYWHERE)
    push.connect(pull.lastEndpoint!)
    expect((await told).error).toMatchObject({ status: 300, message: 'Temporary error' })
    status = '200'
    expect(await sent(push, pull)).toBe('in')
  })
})

describe('a handler that is gone or silent', () => {
  it('lets nobody in when it goes while it is asked; its successor is asked next', async () => {
    const handler = opened.add(new Reply())
    handler.bindSync(ZAP)
    const pull = pullFor(curve.server)
    await pull.bind(ANYWHERE)
    const refused = nextEvent(pull, 'handshake:error:other')
    const push = pushFor(curve.client)
    push.connect(pull.lastEndpoint!)
    await handler.receive()
    handler.close()
    handle(lettingIn)
    expect((await refused).error).toMatchObject({ code: 'EFAULT' })
    expect(await sent(push, pull)).toBe('in')
  })

  it('is waited for no longer than the handshake may take', async () => {
    const handler = opened.add(new Reply())
    handler.bindSync(ZAP)
    const pull = pullFor({ ...plain.server, handshakeInterval: 200 })
    await pull.bind(ANYWHERE)
    const refused = nextEvent(pull, 'handshake:error:other')
    const push = pushFor(alice)
    push.connect(pull.lastEndpoint!)
    const [version, id] = await handler.receive()
    expect((await refused).error).toMatchObject({ code: 'ETIMEDOUT' })
    // The answer is for nobody any more; that to another attempt counts, if it comes in time.
    await handler.send(lettingIn([version!, id!]))
    void answerAll(handler, lettingIn)
    expect(await sent(push, pull)).toBe('in')
  })

  it('leaves no memory behind', async () => {
    // Nobody else uses it, and no other thread gives back what is counted.
    const context = new Context({ ioThreads: 0 })
    const before = context.memory.usedBytes
    const handler = new Reply({ context })
    handler.bindSync(ZAP)
    const pull = new Pull({ ...plain.server, linger: 0, context })
    await pull.bind(ANYWHERE)
    const push = new Push({ ...alice, linger: 0, context })
    push.connect(pull.lastEndpoint!)
    await handler.receive()
    const gone = nextEvent(pull, 'disconnect')
    push.close()
    await gone
    pull.close()
    handler.close()
    expect(context.memory.usedBytes).toBe(before)
  })

  it('of another type is no handler', async () => {
    const pair = opened.add(new Pull())
    pair.bindSync(ZAP)
    const pull = pullFor(plain.server)
    const refused = nextEvent(pull, 'handshake:error:other')
    await pull.bind(ANYWHERE)
    pushFor(alice).connect(pull.lastEndpoint!)
    const { error } = await refused
    expect(error).toMatchObject({ code: 'EFAULT' })
    expect((error!.cause as Error).cause).toMatchObject({ code: 'ENOCOMPATPROTO' })
  })
})

describe('contexts', () => {
  it('have handlers of their own', async () => {
    const other = new Context()
    handle(() => expect.unreachable())
    const handler = opened.add(new Reply({ context: other }))
    handler.bindSync(ZAP)
    const pull = pullFor({ ...plain.server, context: other })
    await pull.bind(ANYWHERE)
    const push = pushFor(alice)
    push.connect(pull.lastEndpoint!)
    await handler.send(lettingIn(await handler.receive()))
    expect(await sent(push, pull)).toBe('in')
  })

  it('a process ends although a handler and a server are there', async () => {
    const { lines, errors, code } = await run(`
      const { Authenticator, Pull, Push } = await import(${JSON.stringify(urlOf('@ringpost/transport'))})
      new Authenticator({ plain: { alice: 'secret' } })
      const pull = new Pull({ plainServer: true })
      await pull.bind('tcp://127.0.0.1:*')
      const push = new Push({ plainUsername: 'alice', plainPassword: 'secret' })
      push.connect(pull.lastEndpoint)
      await push.send('in')
      console.log(String(await pull.receive()))
    `)
    expect({ lines, errors, code }).toEqual({ lines: ['in'], errors: '', code: 0 })
  })
})

describe('peers that know no security', () => {
  it.each([
    { title: 'PLAIN', server: plain.server },
    { title: 'CURVE', server: curve.server },
    { title: 'a domain', server: { zapDomain: 'global' } },
  ])('are refused where there is $title', async ({ server }) => {
    handle(lettingIn)
    const pull = pullFor(server)
    await pull.bind(ANYWHERE)
    const refused = nextEvent(pull, 'handshake:error:protocol')
    const stream = net.connect(Number(pull.lastEndpoint!.split(':').at(-1)), '127.0.0.1')
    const ended = whenClosed(stream)
    stream.on('error', () => undefined).resume()
    // A PUSH of ZMTP 2.0, without a routing id.
    stream.write(Buffer.from('ff00000000000000017f0108' + '0000' + '0000', 'hex'))
    expect((await refused).error).toMatchObject({ code: 'ERR_ZMTP_UNSPECIFIED' })
    await ended
  })
})

describe('peers that break the protocol', () => {
  it.each([
    ['PLAIN', 'ERR_ZMTP_MALFORMED_COMMAND_HELLO', '04060548454c4c4f'],
    ['PLAIN', 'ERR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED', '040100'],
    ['PLAIN', 'ERR_ZMTP_UNEXPECTED_COMMAND', '0409' + '08494e495449415445'],
    ['CURVE', 'ERR_ZMTP_MALFORMED_COMMAND_HELLO', '04060548454c4c4f'],
    ['CURVE', 'ERR_ZMTP_UNEXPECTED_COMMAND', '0409' + '08494e495449415445'],
    ['CURVE', 'ERR_ZMTP_UNSPECIFIED', '05'],
  ])('%s: %s', async (mechanism, code, frame) => {
    handle(lettingIn)
    const pull = pullFor(mechanism === 'PLAIN' ? plain.server : curve.server)
    await pull.bind(ANYWHERE)
    const refused = nextEvent(pull, 'handshake:error:protocol')
    const stream = net.connect(Number(pull.lastEndpoint!.split(':').at(-1)), '127.0.0.1')
    const ended = whenClosed(stream)
    stream.on('error', () => undefined).resume()
    const greeting = Buffer.alloc(64)
    greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1])
    greeting.write(mechanism, 12, 'latin1')
    stream.write(Buffer.concat([greeting, Buffer.from(frame, 'hex')]))
    expect((await refused).error).toMatchObject({ code })
    await ended
  })
})

describe('options', () => {
  it.each(['curvePublicKey', 'curveSecretKey', 'curveServerKey'] as const)(
    'a client without %s does not connect',
    (missing) => {
      const { [missing]: _, ...options } = curve.client
      const push = pushFor(options)
      expect(() => push.connect('tcp://127.0.0.1:1')).toThrow(
        expect.objectContaining({
          code: 'EINVAL',
          message: `Invalid argument: CURVE needs ${missing}`,
        }),
      )
    },
  )

  it.each(schemes)('a server without its secret key does not listen: $scheme', async (scheme) => {
    const pull = pullFor({ curveServer: true })
    await expect(pull.bind(scheme.anywhere())).rejects.toMatchObject({ code: 'EINVAL' })
    expect(() => pull.bindSync(scheme.anywhere())).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    )
  })

  it('metadata that cannot be told is refused when the socket connects', () => {
    const push = pushFor({ metadata: 'X-\u00e4:value' })
    expect(() => push.connect('tcp://127.0.0.1:1')).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    )
  })
})

describe('secrets', () => {
  it('are in no error, no event and no picture of a socket', async () => {
    const seen: unknown[] = []
    for (const { client, server } of [plain, curve]) {
      for (const status of ['400', '20x']) {
        const handler = handle(([version, id]) => [version!, id!, status, '', '', ''])
        const pull = pullFor(server)
        const push = pushFor(client)
        const told = Promise.all([
          nextEvent(push, 'disconnect'),
          nextEvent(pull, status === '400' ? 'handshake:error:auth' : 'handshake:error:protocol'),
        ])
        await pull.bind(ANYWHERE)
        push.connect(pull.lastEndpoint!)
        seen.push(...(await told), pull, push, pull.events, push.events)
        handler.close()
      }
    }
    const text = inspect(seen, {
      depth: 50,
      showHidden: true,
      getters: false,
      maxArrayLength: null,
    })
    for (const secret of [alice.plainPassword, keys.client.secretKey, keys.server.secretKey]) {
      expect(text).not.toContain(secret)
      const bytes = decodeZ85(secret) ?? Buffer.from(secret)
      expect(text).not.toContain(bytes.toString('hex'))
      expect(text).not.toContain(
        [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      )
    }
  })
})
