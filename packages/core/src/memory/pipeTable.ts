import type { Arena } from './arena.ts'
import { header, MAX_PIPES, ownedByPipe, pipe, PipeState, side } from './layout.ts'
import { raise } from './raise.ts'

export type Side = 0 | 1

const STATE_BITS = PipeState.bits
const EVER_ATTACHED = PipeState.attached | PipeState.attaching
const FREEING = PipeState.freeing[0] | PipeState.freeing[1]

/**
 * The state of a pipe that a thread is making. Whose it is shows in the same step in which it is
 * taken, or a reaper might take it for that of the thread that made the last one in its place.
 */
const madeBy = (slot: number): number => PipeState.making | (slot * PipeState.generation)

export const otherSide = (which: Side): Side => (which === 0 ? 1 : 0)

/** Words of one pipe. */
export const pipeAt = (arena: Arena, id: number): number => arena.tables.pipes + id * pipe.words
export const sideAt = (arena: Arena, id: number, which: Side): number =>
  pipeAt(arena, id) + pipe.side[which]
/** The direction that is written by `which`. */
export const directionAt = (arena: Arena, id: number, which: Side): number =>
  pipeAt(arena, id) + pipe.direction[which]

/**
 * The table of pipes: who made them, which sides are there, and who has to free them.
 *
 * Any thread may call. A pipe is freed by the side that closes second; when a thread has died with
 * it, its memory is found by owner.
 */
export class PipeTable {
  readonly #arena: Arena
  readonly #words: Int32Array

  constructor(arena: Arena) {
    this.#arena = arena
    this.#words = arena.words
  }

  /** Takes a pipe for `slot` to fill in; -1 when there are too many. */
  make(slot: number): number {
    const words = this.#words
    const hint = Atomics.load(words, header.pipeHint)
    for (let i = 0; i < MAX_PIPES; i++) {
      const id = (hint + i) % MAX_PIPES
      const at = pipeAt(this.#arena, id)
      const state = words[at]!
      if ((state & STATE_BITS) !== PipeState.free) continue
      // Before it is taken: the reaper of a thread that ends in the middle looks no further.
      raise(words, header.pipesHigh, id + 1)
      if (Atomics.compareExchange(words, at, state, madeBy(slot)) !== state) continue
      Atomics.store(words, header.pipeHint, id + 1)
      words.fill(0, at + pipe.generation + 1, at + pipe.words)
      return id
    }
    return -1
  }

  /** The side that connects is there; the other may be attached from now on. */
  open(id: number): void {
    const at = pipeAt(this.#arena, id)
    Atomics.store(this.#words, at, this.#words[at + pipe.generation]! | PipeState.open)
  }

  /**
   * Reserves a pipe that waits for its other side for the calling thread, which says whose side it
   * is and then calls `attach` or `cancelAttach`. False when it no longer waits, or is another one
   * by now.
   */
  beginAttach(id: number, generation: number): boolean {
    const words = this.#words
    const at = pipeAt(this.#arena, id)
    for (;;) {
      const state = Atomics.load(words, at)
      if ((state & ~STATE_BITS) !== generation) return false
      if ((state & (PipeState.open | EVER_ATTACHED | FREEING)) !== PipeState.open) return false
      const next = state | PipeState.attaching
      if (Atomics.compareExchange(words, at, state, next) === state) return true
    }
  }

  attach(id: number): void {
    this.#change(id, (bits) => (bits & ~PipeState.attaching) | PipeState.attached)
  }

  /** False when side 1 has been closed in between: then the pipe is of no use any more. */
  cancelAttach(id: number): boolean {
    return this.#change(id, (bits) =>
      (bits & PipeState.closed[1]) === 0 ? bits & ~PipeState.attaching : bits,
    )
  }

  /**
   * Closes a side. True when the caller has to free the pipe: it closed last, or alone.
   *
   * @param unclean a thread has died with this side
   */
  close(id: number, which: Side, unclean: boolean): boolean {
    const closed = PipeState.closed[which]
    const other = PipeState.closed[otherSide(which)]
    const freeing = PipeState.freeing[which]
    let last = false
    this.#change(id, (bits) => {
      last = false
      if ((bits & PipeState.open) === 0 || (bits & closed) !== 0) return bits
      last = (bits & other) !== 0 || (which === 0 && (bits & EVER_ATTACHED) === 0)
      return bits | closed | (last ? freeing : 0) | (unclean ? PipeState.unclean : 0)
    })
    return last
  }

  /**
   * Closes side 0 of a pipe that waits for its other side, and lets it wait on with what was
   * written. False when the other side is there: then `close` is to be called.
   */
  closeLingering(id: number): boolean {
    return this.#change(id, (bits) =>
      (bits & EVER_ATTACHED) === 0 ? bits | PipeState.closed[0] : bits,
    )
  }

  /** The caller has to free a pipe that waited on after its side 0 was closed. */
  claimLingering(id: number, generation: number): boolean {
    const at = pipeAt(this.#arena, id)
    // In one step, for it may be attached, drained, freed and made anew at any time.
    const lingering = generation | PipeState.open | PipeState.closed[0]
    const claimed = lingering | PipeState.freeing[0]
    return Atomics.compareExchange(this.#words, at, lingering, claimed) === lingering
  }

  /** What tells this pipe from others that have had the same id. */
  generationOf(id: number): number {
    return Atomics.load(this.#words, pipeAt(this.#arena, id)) & ~STATE_BITS
  }

  stateOf(id: number): number {
    return Atomics.load(this.#words, pipeAt(this.#arena, id)) & STATE_BITS
  }

  /** A thread that is gone has left this one half made. */
  isMadeBy(id: number, slot: number): boolean {
    return Atomics.load(this.#words, pipeAt(this.#arena, id)) === madeBy(slot)
  }

  /** The slot of the thread that has a side, or -1 while it has none. */
  threadOf(id: number, which: Side): number {
    return Atomics.load(this.#words, sideAt(this.#arena, id, which) + side.thread) - 1
  }

  socketOf(id: number, which: Side): number {
    return Atomics.load(this.#words, sideAt(this.#arena, id, which) + side.socketId)
  }

  /** Says which thread and socket have a side. */
  setSide(id: number, which: Side, slot: number, socketId: number): void {
    const at = sideAt(this.#arena, id, which)
    Atomics.store(this.#words, at + side.socketId, socketId)
    Atomics.store(this.#words, at + side.thread, slot + 1)
  }

  /** Makes the pipe's place free for another; all its memory has been given back. */
  release(id: number): void {
    const words = this.#words
    const at = pipeAt(this.#arena, id)
    const next = (words[at + pipe.generation]! + PipeState.generation) | 0
    words[at + pipe.generation] = next
    Atomics.store(words, at, next | PipeState.free)
    if (id < Atomics.load(words, header.pipeHint)) Atomics.store(words, header.pipeHint, id)
  }

  get high(): number {
    return Atomics.load(this.#words, header.pipesHigh)
  }

  ownerOf(id: number): number {
    return ownedByPipe(id)
  }

  /** Applies a change of the state bits; false when it changes nothing. */
  #change(id: number, change: (bits: number) => number): boolean {
    const words = this.#words
    const at = pipeAt(this.#arena, id)
    for (;;) {
      const state = Atomics.load(words, at)
      const bits = state & STATE_BITS
      const changed = change(bits)
      if (changed === bits) return false
      const next = (state & ~STATE_BITS) | changed
      if (Atomics.compareExchange(words, at, state, next) === state) return true
    }
  }
}
