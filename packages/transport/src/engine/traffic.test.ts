import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket as Stream } from 'node:net'
import { Context, SocketError, type SharedFrame } from '@ringpost/core'
import {
  enter,
  socketTypeId,
  type Pipe,
  type PipeOwner,
  type PipeSettings,
} from '@ringpost/core/internal'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { WireError } from '../errors.ts'
import { FrameDecoder } from '../wire/frameDecoder.ts'
import { FrameEncoder } from '../wire/frameEncoder.ts'
import { Session } from './session.ts'
import { Traffic } from './traffic.ts'

const HIGH_WATER_MARK = 100

const server = createServer()
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

function settings(type: 'Push' | 'Pull', highWaterMark: number): PipeSettings {
  return {
    socketId: 0,
    socketType: socketTypeId[type],
    sendHighWaterMark: highWaterMark,
    receiveHighWaterMark: highWaterMark,
    routingId: new Uint8Array(),
    isConflating: false,
  }
}

/** Traffic to a peer, and the end of its pipe that a socket would have. */
async function outgoing(
  whenWritable: (pipe: Pipe) => void,
  failed: (error: Error) => void = () => expect.unreachable(),
) {
  const stream = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [peer] = (await once(server, 'connection')) as [Stream]
  const { inproc } = new Context()[enter]()
  const ignore = (): void => undefined
  let isComplete = false
  const owner: PipeOwner = {
    pipeAttached: ignore,
    pipeReadable: ignore,
    pipeWritable: (writable) => {
      if (isComplete) whenWritable(writable)
    },
    pipeEnded: ignore,
  }
  const pipe = inproc.connect('peer', settings('Push', HIGH_WATER_MARK), owner)
  const session = new Session()
  const encoder = new FrameEncoder()
  inproc.bind('peer', settings('Pull', -1), session, (end) => {
    session.pipe = end
  })
  const decoder = new FrameDecoder<SharedFrame>()
  const traffic = new Traffic(
    {
      stream,
      decoder,
      encoder,
      session,
      version: '3.1',
      subscriptions: undefined,
      heartbeat: { intervalMs: 0, timeoutMs: 0, timeToLiveMs: 0 },
      mostWaitingBytes: undefined,
    },
    {
      failed,
      leaving: ignore,
      ended: ignore,
      finished: () => stream.end(),
    },
  )
  // It is told, too, that the other end is there.
  await new Promise((resolve) => setImmediate(resolve))
  isComplete = true
  return { pipe, traffic, encoder, decoder, session, stream, peer }
}

/** As many messages as there is room for. */
function fill(pipe: Pipe, size = 1): void {
  const batch = Array.from({ length: HIGH_WATER_MARK }, (_, n) => Buffer.alloc(size, n))
  expect(pipe.writeMany(batch, 0)).toBe(HIGH_WATER_MARK)
  pipe.flush()
  expect(pipe.parkWriting()).toBe(true)
}

async function messagesTo(peer: Stream): Promise<number> {
  const decoder = new FrameDecoder()
  decoder.startTraffic()
  const messages: Buffer[][] = []
  for await (const chunk of peer) {
    decoder.push(chunk as Buffer)
    decoder.read(messages, Infinity)
  }
  expect(messages.map(([frame]) => frame![0])).toEqual(messages.map((_, n) => n % HIGH_WATER_MARK))
  return messages.length
}

it('what a socket sends as soon as there is room goes in the same write', async () => {
  let fillings = 1
  const { pipe, traffic, stream, peer } = await outgoing((writable) => {
    if (fillings++ < 5) fill(writable)
    else writable.close()
  })
  const write = vi.spyOn(stream, 'write')
  fill(pipe)
  traffic.start()
  expect(await messagesTo(peer)).toBe(5 * HIGH_WATER_MARK)
  expect(write).toHaveBeenCalledTimes(1)
})

it('a stream that never runs dry lets the event loop turn', async () => {
  const { traffic, stream } = await outgoing(() => undefined)
  traffic.start()
  traffic.arrived(65_536)
  expect(stream.isPaused()).toBe(false)
  const began = performance.now()
  while (performance.now() - began < 5);
  traffic.arrived(65_535)
  expect(stream.isPaused()).toBe(false)
  traffic.arrived(65_536)
  expect(stream.isPaused()).toBe(true)
  await new Promise((resolve) => setImmediate(resolve))
  expect(stream.isPaused()).toBe(false)
  traffic.stop()
  stream.destroy()
})

it('what was to go with more is sent when the socket closes instead', async () => {
  const { pipe, traffic, peer } = await outgoing((writable) => writable.close())
  fill(pipe)
  traffic.start()
  expect(await messagesTo(peer)).toBe(HIGH_WATER_MARK)
})

it('no more is encrypted before it is written than is written at once', async () => {
  const { pipe, traffic, encoder, peer } = await outgoing((writable) => writable.close())
  const waiting: number[] = []
  encoder.startTraffic({
    flags: 0,
    seal: (body) => {
      waiting.push(encoder.pendingBytes)
      return Buffer.from(body)
    },
    open: () => expect.unreachable(),
    close: () => undefined,
  })
  fill(pipe, 40_000)
  traffic.start()
  expect(await messagesTo(peer)).toBe(HIGH_WATER_MARK)
  expect(waiting.length).toBe(HIGH_WATER_MARK)
  expect(Math.max(...waiting)).toBeLessThan(65_536)
})

it('of a peer that is at fault while there is no memory for what it sent before, the fault is told', async () => {
  const told: Error[] = []
  const { traffic, decoder, session, stream } = await outgoing(
    () => undefined,
    (error) => {
      told.push(error)
      traffic.stop()
    },
  )
  decoder.startTraffic()
  traffic.start()
  const write = vi.spyOn(session.pipe!, 'write').mockImplementation(() => {
    throw new SocketError('ENOMEM')
  })
  // A message too long to be packed, and reserved flags, which are read with it where nothing is packed.
  vi.spyOn(decoder, 'read').mockImplementation((messages) => {
    messages.push([Buffer.alloc(10_000)])
    throw new WireError('MALFORMED_FRAME', '')
  })
  traffic.arrived(1)
  expect(told).toMatchObject([{ code: 'MALFORMED_FRAME' }])
  expect(write).toHaveBeenCalledOnce()
  stream.destroy()
})

it.each(['drain', 'arrived'])('what is thrown ends the connection, at %s', async (at) => {
  const told: Error[] = []
  const { pipe, traffic, encoder, decoder, stream } = await outgoing(
    () => undefined,
    (error) => {
      told.push(error)
      traffic.stop()
    },
  )
  decoder.startTraffic()
  traffic.start()
  const cause = new RangeError('what nobody has thought of')
  const fail = (): never => {
    throw cause
  }
  if (at === 'drain') {
    vi.spyOn(encoder, 'take').mockImplementation(fail)
    encoder.addMessage([Buffer.of(1)])
    stream.emit('drain')
  } else {
    vi.spyOn(decoder, 'read').mockImplementation(fail)
    traffic.arrived(1)
  }
  expect(told).toMatchObject([{ code: 'EFAULT', cause }])
  pipe.close()
  stream.destroy()
})
