import type { Heap } from '../memory/heap.ts'
import { LatestValueReader, LatestValueWriter } from './latestValue.ts'
import { RingReader } from './ringReader.ts'
import { RingWriter } from './ringWriter.ts'
import type { Slab } from './slab.ts'

/** One direction of a pipe, from either end: a ring, or a place for the latest value. */
export type Writer = RingWriter | LatestValueWriter
export type Reader = RingReader | LatestValueReader

export function writerOf(heap: Heap, pipeId: number, at: number, isConflating: boolean): Writer {
  return isConflating ? new LatestValueWriter(heap, pipeId, at) : new RingWriter(heap, pipeId, at)
}

export function readerOf(
  heap: Heap,
  slab: Slab,
  pipeId: number,
  at: number,
  isConflating: boolean,
): Reader {
  return isConflating
    ? new LatestValueReader(heap, pipeId, at)
    : new RingReader(heap, slab, pipeId, at)
}
