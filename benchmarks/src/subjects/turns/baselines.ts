/**
 * What V8 and the machine take without any socket: one thread copies out of shared memory and lets its
 * event loop turn after each millisecond, the other writes to the same memory without a pause.
 */
import { batchOf, type Ends, type Load } from './ends.ts'

export type Baseline = 'copies' | 'onePlace'

/** More than a core's cache holds, and a multiple of each size. */
export const SHARED_BYTES = 1 << 26
/** Small messages are copied so many bytes at once, as the reader of a socket does. */
const PIECE_BYTES = 16_384
const TURN_MS = 1

// The copy that is a plain memcpy, which the sockets use too.
const { fill } = Buffer.prototype

const pieceOf = ({ size }: Load): number => Math.max(size, PIECE_BYTES)

async function copyInTurns(load: Load, copy: (source: Uint8Array) => void): Promise<void> {
  const shared = new Uint8Array(load.memory)
  const piece = pieceOf(load)
  for (let at = 0; ;) {
    const end = performance.now() + TURN_MS
    do {
      copy(shared.subarray(at, at + piece))
      at = (at + piece) % shared.length
    } while (performance.now() < end)
    await new Promise(setImmediate)
  }
}

const other: Ends['other'] = ({ size, memory }, stopped) => {
  const shared = new Uint8Array(memory)
  const batch = batchOf(size)
  for (let at = 0, n = 0; !stopped.isOpen; n++) {
    fill.call(shared, batch[n % batch.length]!, at, at + size)
    at = (at + size) % shared.length
  }
}

export const baselines: Readonly<Record<Baseline, Ends>> = {
  /** Private memory for each piece, and a Buffer for each message in it. */
  copies: {
    measured(load, seen) {
      const { size } = load
      const piece = pieceOf(load)
      return copyInTurns(load, (source) => {
        const copy = Buffer.allocUnsafeSlow(piece)
        fill.call(copy, source)
        for (let at = 0; at < piece; at += size) {
          Buffer.from(copy.buffer, at, size)
          seen()
        }
      })
    },
    other,
  },
  /** The same private memory each time. */
  onePlace: {
    measured(load, seen) {
      const place = Buffer.allocUnsafeSlow(pieceOf(load))
      return copyInTurns(load, (source) => {
        fill.call(place, source)
        seen()
      })
    },
    other,
  },
}
