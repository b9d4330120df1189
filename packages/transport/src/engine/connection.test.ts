import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import type { SharedFrame } from '@ringpost/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HandshakeEvents, Mechanism } from '../mechanism/mechanism.ts'
import { PlainServer } from '../mechanism/plainServer.ts'
import type { Peer } from '../mechanism/peer.ts'
import { pull } from '../testing/handshake.test-support.ts'
import { encodeCommand } from '../wire/command.ts'
import { FrameDecoder } from '../wire/frameDecoder.ts'
import { FrameEncoder } from '../wire/frameEncoder.ts'
import { Wire } from '../stream/wire.ts'
import { Connection } from './connection.ts'
import type { ConnectionSettings } from './connectionSettings.ts'
import type { Opening, OpeningEvents } from './opening.ts'
import { openZmtp } from './zmtpOpening.ts'

const server = net.createServer()
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

const plainSettings: Omit<ConnectionSettings, 'mechanism'> = {
  self: pull,
  greeting: { ...pull, mechanism: 'PLAIN', asServer: true, acceptVersion2: false },
  limits: {},
  handshakeMs: 0,
  heartbeat: { intervalMs: 0, timeoutMs: 0, timeToLiveMs: 0 },
  mostWaitingBytes: undefined,
}

/** A connection whose mechanism is loaded when the test says so, and who is at its other end. */
async function connect() {
  const { port } = server.address() as AddressInfo
  const peer = net.connect(port, '127.0.0.1')
  const [stream] = (await once(server, 'connection')) as [Socket]
  let events: HandshakeEvents | undefined
  let load!: (mechanism: Mechanism) => void
  let fail!: (error: Error) => void
  let begin!: () => void
  const hasBegun = new Promise<void>((resolve) => (begin = resolve))
  const settings: ConnectionSettings = {
    ...plainSettings,
    mechanism: (given) => {
      events = given
      begin()
      return new Promise((resolve, reject) => {
        load = resolve
        fail = reject
      })
    },
  }
  let connection: Connection
  const closed = new Promise<[Error | undefined, boolean]>((resolve) => {
    connection = new Connection(Wire.over(stream), openZmtp, settings, undefined, {
      ready: () => expect.unreachable(),
      closed: (...how) => resolve(how),
    })
  })
  const mechanism = (): PlainServer =>
    new PlainServer(pull, events!, () => ({ accepted: false, status: 400 }))
  return {
    peer,
    connection: connection!,
    hasBegun,
    closed,
    mechanism,
    load: (loaded: Mechanism) => load(loaded),
    fail: (error: Error) => fail(error),
  }
}

function greeting(): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1])
  bytes.write('PLAIN', 12, 'latin1')
  return bytes
}

function framed(command: Buffer): Buffer {
  const encoder = new FrameEncoder()
  encoder.addCommand(command)
  return Buffer.concat(encoder.take())
}

const hello = framed(encodeCommand('HELLO', Buffer.from('\u0005alice\u0006secret')))

/** All that comes until the other end closes. */
async function arriving(peer: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of peer) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

describe('a connection whose mechanism is loaded first', () => {
  it('has not lost what came meanwhile', async () => {
    const { peer, hasBegun, closed, mechanism, load } = await connect()
    peer.write(Buffer.concat([greeting(), hello.subarray(0, 9)]))
    await hasBegun
    peer.write(hello.subarray(9))
    load(mechanism())
    // Nobody is let in.
    expect((await arriving(peer)).toString('latin1')).toContain('RROR\u0003400')
    expect(await closed).toEqual([expect.objectContaining({ code: 'DENIED' }), false])
  })

  it('fails when that does', async () => {
    const { peer, hasBegun, closed, fail } = await connect()
    peer.resume().write(greeting())
    await hasBegun
    const error = new Error('no WebAssembly')
    fail(error)
    expect(await closed).toEqual([error, false])
  })

  it('forgets it when it has closed before', async () => {
    const { peer, connection, hasBegun, closed, mechanism, load } = await connect()
    peer.resume().write(greeting())
    await hasBegun
    connection.close()
    await closed
    const late = mechanism()
    const isClosed = new Promise<void>((resolve) => {
      late.close = resolve
    })
    load(late)
    await expect(isClosed).resolves.toBeUndefined()
  })
})

describe('a connection in which something is thrown', () => {
  const peer = {} as Peer

  /** Begun as `open` says, with a mechanism that does nothing. */
  async function begin(open: Opening, ready: () => never = () => expect.unreachable()) {
    const { port } = server.address() as AddressInfo
    const other = net.connect(port, '127.0.0.1').resume()
    const [stream] = (await once(server, 'connection')) as [Socket]
    let events!: HandshakeEvents
    const nothing = (): void => undefined
    const mechanism = (given: HandshakeEvents): Mechanism => {
      events = given
      return { name: 'PLAIN', start: nothing, receive: nothing, close: nothing }
    }
    const wire = Wire.over(stream)
    let connection!: Connection
    const closed = new Promise<[Error | undefined, boolean]>((resolve) => {
      const settings = { ...plainSettings, mechanism }
      connection = new Connection(wire, open, settings, undefined, {
        ready,
        closed: (...how) => resolve(how),
      })
    })
    return { wire, stream, other, connection, closed, events: () => events }
  }

  /** In the handshake at once. */
  const agree =
    (decoder = new FrameDecoder<SharedFrame>()): Opening =>
    (wire, { mechanism }, events: OpeningEvents) => {
      const terms = { version: '3.1', decoder, encoder: new FrameEncoder() } as const
      events.agreed({ ...terms, next: { mechanism } }, wire, Buffer.alloc(0))
    }

  it('ends with it, when it begins', async () => {
    const cause = new RangeError('what nobody has thought of')
    const { closed } = await begin(() => {
      throw cause
    })
    expect(await closed).toEqual([expect.objectContaining({ code: 'EFAULT', cause }), false])
  })

  it('ends with it, when something arrives', async () => {
    const cause = new TypeError('what nobody has thought of')
    const { wire, closed } = await begin((opened) => {
      opened.take = () => {
        throw cause
      }
    })
    wire.give(Buffer.of(1))
    expect(await closed).toEqual([expect.objectContaining({ code: 'EFAULT', cause }), false])
  })

  it('ends with it, when an authenticator lets the peer in', async () => {
    const cause = new RangeError('no room for the pipe')
    const { events, closed } = await begin(agree(), () => {
      throw cause
    })
    events().ready(peer)
    expect(await closed).toEqual([expect.objectContaining({ code: 'EFAULT', cause }), true])
  })

  it('takes nothing that comes behind what was wrong', async () => {
    let pushed = 0
    class CountingDecoder extends FrameDecoder<SharedFrame> {
      override push(chunk: Buffer): void {
        pushed++
        super.push(chunk)
      }
    }
    const { wire, stream, connection, closed } = await begin(agree(new CountingDecoder()))
    // The peer reads nothing: what was sent to it is not away before its time is over.
    stream.cork()
    stream.write(Buffer.alloc(stream.writableHighWaterMark + 1))
    wire.give(Buffer.of(0xff))
    expect(pushed).toBe(1)
    expect(stream.isPaused()).toBe(true)
    for (let n = 0; n < 100; n++) wire.give(Buffer.alloc(1000))
    expect(pushed).toBe(1)
    connection.close()
    expect(await closed).toEqual([expect.objectContaining({ code: 'MALFORMED_FRAME' }), false])
  })
})
