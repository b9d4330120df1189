import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HandshakeEvents, Mechanism } from '../mechanism/mechanism.ts'
import { PlainServer } from '../mechanism/plainServer.ts'
import { pull } from '../testing/handshake.test-support.ts'
import { encodeCommand } from '../wire/command.ts'
import { FrameEncoder } from '../wire/frameEncoder.ts'
import { Wire } from '../stream/wire.ts'
import { Connection } from './connection.ts'
import type { ConnectionSettings } from './connectionSettings.ts'
import { openZmtp } from './zmtpOpening.ts'

const server = net.createServer()
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

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
    self: pull,
    greeting: { ...pull, mechanism: 'PLAIN', asServer: true, acceptVersion2: false },
    limits: {},
    handshakeMs: 0,
    heartbeat: { intervalMs: 0, timeoutMs: 0, timeToLiveMs: 0 },
    mostWaitingBytes: undefined,
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
