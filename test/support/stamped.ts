import { crc32 } from 'node:zlib'
import type { Random } from './random.ts'

/** Who sent a message, which of its messages it is, and when it was made. */
export interface Stamp {
  readonly sender: number
  readonly sequence: number
  /** By `clockMs`. */
  readonly madeAtMs: number
}

/**
 * The head of a stamped message, in front of the first frame's content.
 *
 * | field    | at | bytes | meaning                                     |
 * | -------- | -- | ----- | ------------------------------------------- |
 * | sender   |  0 |     4 |                                             |
 * | sequence |  4 |     4 |                                             |
 * | frames   |  8 |     4 | how many the message has                    |
 * | made at  | 12 |     4 | milliseconds of `clockMs`                   |
 * | checksum | 16 |     4 | CRC-32 of the fields above and all content  |
 */
const head = { sender: 0, sequence: 4, frames: 8, madeAt: 12, checksum: 16, bytes: 20 } as const

/** Milliseconds of a clock that all threads share, of which 32 bits are kept. */
export const clockMs = (): number =>
  Number(BigInt.asUintN(32, process.hrtime.bigint() / 1_000_000n))

/** How long ago that was. */
export const sinceMs = (atMs: number): number => (clockMs() - atMs) | 0

/** Content to cut frames from. */
const pool = Buffer.alloc(1 << 16)
for (let i = 0; i < pool.length; i++) pool[i] = Math.imul(i ^ (i >>> 7), 0x9e3779b1) >>> 24

/**
 * A message that shows whether it arrived whole: every frame counts in a checksum.
 *
 * @param sizes bytes of each frame; the first has the head besides
 */
export function stamped(sender: number, sequence: number, sizes: readonly number[]): Buffer[] {
  const frames = sizes.map((size, i) =>
    filled(Buffer.allocUnsafe(i === 0 ? head.bytes + size : size), sender * 31 + sequence + i),
  )
  const [first] = frames as [Buffer]
  first.writeUInt32LE(sender, head.sender)
  first.writeUInt32LE(sequence, head.sequence)
  first.writeUInt32LE(sizes.length, head.frames)
  first.writeUInt32LE(clockMs(), head.madeAt)
  first.writeUInt32LE(checksumOf(frames), head.checksum)
  return frames
}

/** Writes a stamped message of one frame in place. */
export function stampInto(frame: Buffer, sender: number, sequence: number): void {
  filled(frame, sender * 31 + sequence)
  frame.writeUInt32LE(sender, head.sender)
  frame.writeUInt32LE(sequence, head.sequence)
  frame.writeUInt32LE(1, head.frames)
  frame.writeUInt32LE(clockMs(), head.madeAt)
  frame.writeUInt32LE(checksumOf([frame]), head.checksum)
}

export const stampBytes = head.bytes

/** Who sent a message. @throws {Error} it is torn */
export function stampOf(frames: readonly Buffer[]): Stamp {
  const [first] = frames
  if (first === undefined || first.length < head.bytes) throw torn(frames, 'no head')
  const count = first.readUInt32LE(head.frames)
  if (count !== frames.length) throw torn(frames, `${count} frames were sent`)
  if (first.readUInt32LE(head.checksum) !== checksumOf(frames)) throw torn(frames, 'wrong checksum')
  return {
    sender: first.readUInt32LE(head.sender),
    sequence: first.readUInt32LE(head.sequence),
    madeAtMs: first.readUInt32LE(head.madeAt),
  }
}

/** Sizes of a message's frames: mostly small and one, sometimes several, seldom up to `largest`. */
export function frameSizes(random: Random, largest: number): number[] {
  const count = random.oneIn(4) ? random.between(2, 5) : 1
  return Array.from({ length: count }, () => random.skewed(largest))
}

function filled(frame: Buffer, from: number): Buffer {
  for (let at = 0, begin = (from * 7) % pool.length; at < frame.length; begin = 0) {
    at += pool.copy(frame, at, begin)
  }
  return frame
}

function checksumOf(frames: readonly Buffer[]): number {
  const [first, ...others] = frames as [Buffer, ...Buffer[]]
  let sum = crc32(first.subarray(0, head.checksum))
  sum = crc32(first.subarray(head.bytes), sum)
  for (const frame of others) sum = crc32(frame, sum)
  return sum
}

function torn(frames: readonly Buffer[], why: string): Error {
  const sizes = frames.map((frame) => frame.length).join(', ')
  const start = frames[0]?.subarray(0, 32).toString('hex') ?? ''
  return new Error(`torn message: ${why}; frames of ${sizes} bytes, beginning with ${start}`)
}
