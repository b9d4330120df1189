import { once } from 'node:events'
import net from 'node:net'
import { Context, context as ownThreads, Pull, Push, type SocketEvent } from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import { announcedSeed, Random } from '../../support/random.ts'
import { whenClosed } from '../../support/whenClosed.ts'

const seed = announcedSeed('strangers')

const places = [
  { place: 'threads of their own', context: ownThreads },
  { place: 'the loop of the sockets', context: new Context({ ioThreads: 0 }) },
]

interface Closeable {
  readonly closed: boolean
  linger: number
  close(): void
}

let sockets: Closeable[] = []
let strangers: net.Socket[] = []
afterEach(() => {
  for (const socket of sockets) {
    if (socket.closed) continue
    socket.linger = 0
    socket.close()
  }
  for (const stranger of strangers) stranger.destroy()
  sockets = []
  strangers = []
})

/** A greeting of version 3.1 with NULL. @see RFC 37/ZMTP */
const greeting = Buffer.concat([
  Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1]),
  Buffer.from('NULL'.padEnd(20, '\0')),
  Buffer.alloc(32),
])
const [COMMAND, LONG_COMMAND] = [4, 6]

/** Connects without speaking the protocol. */
async function stranger(pull: Pull, localAddress = '127.0.0.1'): Promise<net.Socket> {
  const { hostname, port } = new URL(pull.lastEndpoint!)
  const stream = net.connect({ host: hostname, port: Number(port), localAddress })
  strangers.push(stream)
  // What it is sent it does not read, and that it is cut off is what the test waits for.
  stream.on('error', () => undefined).resume()
  await once(stream, 'connect')
  return stream
}

/** Resolves at the next event of this type, read one after the other. */
async function next({ events }: Pull | Push, wanted: string): Promise<SocketEvent> {
  for (;;) {
    const event = await events.receive()
    if (event.type === wanted) return event
  }
}

describe.each(places)('strangers, with I/O in $place,', ({ context }) => {
  async function bound(options: object = {}): Promise<Pull> {
    const pull = new Pull({ context, ...options })
    sockets.push(pull)
    await pull.bind('tcp://127.0.0.1:*')
    return pull
  }

  function connected(pull: Pull): Push {
    const push = new Push({ context, reconnectInterval: 10 })
    sockets.push(push)
    push.connect(pull.lastEndpoint!)
    return push
  }

  /** That a socket goes on as if nothing had happened. */
  async function expectService(pull: Pull, push: Push): Promise<void> {
    await push.send('still here')
    expect(String(await pull.receive())).toBe('still here')
  }

  const random = new Random(seed)
  const garbage = (): Buffer => {
    const bytes = Buffer.from(Array.from({ length: 1000 }, () => random.below(256)))
    // What begins so may be the length of a message of version 1, and is waited for.
    bytes[0] = 2 + random.below(250)
    return bytes
  }
  const nonsense: [string, () => Buffer, string][] = [
    ['another protocol', () => Buffer.from('GET / HTTP/1.1\r\nHost: here\r\n\r\n'), 'protocol'],
    ['random bytes', garbage, 'protocol'],
    ['random bytes behind a greeting', () => Buffer.concat([greeting, garbage()]), 'protocol'],
    [
      'a command that is larger than any',
      () =>
        Buffer.concat([
          greeting,
          Buffer.from([LONG_COMMAND, 0, 0, 1, 0, 0, 0, 0, 0]),
          Buffer.from('\u0005READY'),
        ]),
      'protocol',
    ],
    [
      'a command of no handshake',
      () => Buffer.concat([greeting, Buffer.from([COMMAND, 5]), Buffer.from('\u0004PING')]),
      'protocol',
    ],
  ]

  it.each(nonsense)('that send %s are cut off, and others go on', async (_, bytes, kind) => {
    const pull = await bound()
    const push = connected(pull)
    await expectService(pull, push)
    const stream = await stranger(pull)
    const isCut = whenClosed(stream)
    const failed = next(pull, `handshake:error:${kind}`)
    stream.write(bytes())
    expect(await failed).toMatchObject({
      address: pull.lastEndpoint,
      error: expect.any(Error) as Error,
    })
    await isCut
    await expectService(pull, push)
  })

  it('that never come to the end of the handshake are cut off in time', async () => {
    const pull = await bound({ handshakeInterval: 100 })
    const push = connected(pull)
    await expectService(pull, push)
    const silent = await stranger(pull)
    const slow = await stranger(pull)
    const areCut = Promise.all([whenClosed(silent), whenClosed(slow)])
    let sent = 0
    const drip = setInterval(() => slow.write(greeting.subarray(sent, ++sent)), 10)
    for (let count = 0; count < 2; count++) {
      expect(await next(pull, 'handshake:error:other')).toMatchObject({
        error: { code: 'ETIMEDOUT' },
      })
    }
    await areCut
    clearInterval(drip)
    await expectService(pull, push)
  })

  /** So that the first are still there when the last have come. */
  const patient = { handshakeInterval: 0 }

  it('that are more than 1000 in the handshake are turned away', async () => {
    const pull = await bound(patient)
    const isConnected = next(pull, 'handshake')
    const push = connected(pull)
    await isConnected
    for (let count = 0; count < 1000; count++) {
      await stranger(pull)
      await next(pull, 'accept')
    }
    const turnedAway = next(pull, 'accept:error')
    const last = await stranger(pull)
    const isCut = whenClosed(last)
    expect(await turnedAway).toMatchObject({ error: { code: 'EMFILE' } })
    await isCut
    await expectService(pull, push)
    const late = connected(pull)
    strangers[0]!.destroy()
    await expectService(pull, late)
  })

  it('that take all places keep out nobody from another address', async () => {
    const pull = await bound(patient)
    for (let count = 0; count < 1000; count++) {
      const accepted = next(pull, 'accept')
      await stranger(pull)
      await accepted
    }
    const oldest = strangers[0]!
    const gaveWay = next(pull, 'handshake:error:other')
    const elsewhere = await stranger(pull, '127.0.0.2')
    await whenClosed(oldest)
    expect(await gaveWay).toMatchObject({ error: { code: 'EMFILE' } })
    const push = new Push({ context })
    sockets.push(push)
    const { port } = new URL(pull.lastEndpoint!)
    push.connect(`tcp://127.0.0.3:0;127.0.0.1:${port}`)
    await expectService(pull, push)
    expect(elsewhere.closed).toBe(false)
  })

  it('that send more than they may lose their connection, and others go on', async () => {
    const pull = await bound({ maxMessageSize: 1000 })
    const push = connected(pull)
    await expectService(pull, push)
    const other = connected(pull)
    const gone = next(pull, 'disconnect')
    // What it sends before it knows that is lost.
    const isLost = next(other, 'disconnect')
    await other.send(Buffer.alloc(1001))
    expect(await gone).toMatchObject({ address: pull.lastEndpoint })
    await isLost
    await expectService(pull, push)
    await expectService(pull, other)
  })
})
