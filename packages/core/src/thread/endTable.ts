import type { Side } from '../memory/pipeTable.ts'
import type { PipeEnd } from './thread.ts'

/** Ends are numbered over the whole context, and those of a thread lie close together. */
const CHUNK_SHIFT = 8
const CHUNK_ENDS = 1 << CHUNK_SHIFT
const CHUNK_MASK = CHUNK_ENDS - 1

/** Which end of which pipe: its number, and its bit in the mailbox. */
export const endOf = (pipeId: number, which: Side): number => pipeId * 2 + which

/**
 * The pipe ends of one thread by their numbers: in chunks, for a Map takes three times the memory
 * of ten thousand ends, and twice that while it grows.
 */
export class EndTable {
  readonly #chunks: (Chunk | undefined)[] = []

  get(end: number): PipeEnd | undefined {
    return this.#chunks[end >>> CHUNK_SHIFT]?.ends[end & CHUNK_MASK]
  }

  set(end: number, known: PipeEnd): void {
    const index = end >>> CHUNK_SHIFT
    // Filled up to its place, so that V8 keeps it as a plain list.
    while (this.#chunks.length <= index) this.#chunks.push(undefined)
    const chunk = (this.#chunks[index] ??= emptyChunk())
    if (chunk.ends[end & CHUNK_MASK] === undefined) chunk.count++
    chunk.ends[end & CHUNK_MASK] = known
  }

  delete(end: number): void {
    const index = end >>> CHUNK_SHIFT
    const chunk = this.#chunks[index]
    if (chunk?.ends[end & CHUNK_MASK] === undefined) return
    chunk.ends[end & CHUNK_MASK] = undefined
    if (--chunk.count === 0) this.#chunks[index] = undefined
  }

  /** All of them; those that are added or deleted meanwhile may be left out. */
  *entries(): Generator<readonly [number, PipeEnd]> {
    for (let index = 0; index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index]
      if (chunk === undefined) continue
      for (let i = 0; i < CHUNK_ENDS; i++) {
        const known = chunk.ends[i]
        if (known !== undefined) yield [(index << CHUNK_SHIFT) | i, known]
      }
    }
  }
}

interface Chunk {
  readonly ends: (PipeEnd | undefined)[]
  count: number
}

const emptyChunk = (): Chunk => ({
  ends: Array.from({ length: CHUNK_ENDS }, () => undefined),
  count: 0,
})
