/** The process of one measurement of the codec: prints the sample. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { FrameCipher } from '../../../../packages/transport/dist/wire/frameCipher.js'
import { prepareMessages } from '../preparedMessages.ts'
import { readOptions } from '../twoSides.ts'
import { loadPieces } from './codecPieces.ts'

export interface CodecOptions {
  readonly subject: 'encode' | 'decode' | 'write'
  readonly isEncrypted: boolean
  readonly size: number
  readonly count: number
  readonly warmUp: number
}

/** As many bytes as a stream gives at once. */
const CHUNK_BYTES = 65_536
/** Messages between two looks at the stream: what a pipe might have. */
const BATCH = 256

const { FrameEncoder, FrameDecoder, makeCipher } = await loadPieces()
const { subject, isEncrypted, size, count, warmUp } = readOptions<CodecOptions>()
const messages = prepareMessages(size).map((frame) => [frame])

function newEncoder(): InstanceType<typeof FrameEncoder> {
  const encoder = new FrameEncoder()
  if (isEncrypted) encoder.startTraffic(makeCipher())
  return encoder
}

/** Milliseconds to encode so many messages. */
function encode(total: number): number {
  const encoder = newEncoder()
  const started = performance.now()
  for (let sent = 0; sent < total; sent += BATCH) {
    for (let n = 0; n < BATCH; n++) encoder.addMessage(messages[n % messages.length]!)
    encoder.take()
  }
  return performance.now() - started
}

/** Milliseconds to decode so many messages; making the chunks is not timed. */
function decode(total: number): number {
  let elapsed = 0
  let received = 0
  while (received < total) {
    const cipher: FrameCipher | undefined = isEncrypted ? makeCipher() : undefined
    const decoder = new FrameDecoder()
    decoder.startTraffic({ cipher })
    for (const chunk of chunksOf(Math.max(8, Math.min(4096, CHUNK_BYTES / size)))) {
      const started = performance.now()
      decoder.push(chunk)
      const batch: Buffer[][] = []
      received += decoder.read(batch, Infinity)
      elapsed += performance.now() - started
    }
  }
  return elapsed
}

/** So many messages in chunks as a stream gives them, which decoding may change. */
function chunksOf(total: number): Buffer[] {
  const encoder = newEncoder()
  for (let n = 0; n < total; n++) encoder.addMessage(messages[n % messages.length]!)
  const whole = Buffer.concat(encoder.take())
  const chunks: Buffer[] = []
  for (let at = 0; at < whole.length; at += CHUNK_BYTES) {
    chunks.push(Buffer.from(whole.subarray(at, at + CHUNK_BYTES)))
  }
  return chunks
}

/** Milliseconds to encode so many messages and write them to a process that discards them. */
async function write(total: number, socket: Socket): Promise<number> {
  const encoder = newEncoder()
  const started = performance.now()
  for (let sent = 0; sent < total; sent += BATCH) {
    for (let n = 0; n < BATCH; n++) encoder.addMessage(messages[n % messages.length]!)
    socket.cork()
    for (const chunk of encoder.take()) socket.write(chunk)
    socket.uncork()
    if (socket.writableNeedDrain) await once(socket, 'drain')
  }
  return performance.now() - started
}

async function measure(): Promise<number> {
  if (subject !== 'write') {
    const run = subject === 'encode' ? encode : decode
    run(warmUp)
    return run(count)
  }
  const sink = fork(fileURLToPath(new URL('sink.js', import.meta.url)))
  const [port] = (await once(sink, 'message')) as [number]
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  await write(warmUp, socket)
  const elapsed = await write(count, socket)
  socket.destroy()
  return elapsed
}

const nanoseconds = Math.round((await measure()) * 1e6)
console.log(JSON.stringify({ messages: count, nanoseconds }))
process.exit()
