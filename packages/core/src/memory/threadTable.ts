import type { Arena } from './arena.ts'
import { header, MAX_THREADS, thread, ThreadState, Wake } from './layout.ts'
import { raise } from './raise.ts'

/** A slot's state, and above it the `worker_threads.threadId` of its owner. */
const KIND_BITS = 3
const ID_SHIFT = 2

/** The table of threads: who is alive, who sleeps, and who wants whose attention. */
export class ThreadTable {
  readonly #words: Int32Array
  readonly #begin: number

  constructor(arena: Arena) {
    this.#words = arena.words
    this.#begin = arena.tables.threads
  }

  at(slot: number): number {
    return this.#begin + slot * thread.words
  }

  get high(): number {
    return Atomics.load(this.#words, header.threadsHigh)
  }

  /** A slot for the calling thread; -1 when all are taken. */
  claim(threadId: number, parentId: number): number {
    const words = this.#words
    for (let slot = 0; slot < MAX_THREADS; slot++) {
      const at = this.at(slot)
      const { free, claimed, live } = ThreadState
      // Before the slot is taken: the reaper of a thread that ends in the middle looks no further.
      raise(words, header.threadsHigh, slot + 1)
      const claim = claimed | (threadId << ID_SHIFT)
      if (Atomics.compareExchange(words, at + thread.state, free, claim) !== free) continue
      words[at + thread.parentId] = parentId
      Atomics.store(words, at + thread.wake, Wake.awake)
      Atomics.store(words, at + thread.commands, 0)
      Atomics.store(words, at + thread.rescan, 0)
      Atomics.store(words, at + thread.awaitsMemory, 0)
      Atomics.store(words, at + thread.state, live | (threadId << ID_SHIFT))
      return slot
    }
    return -1
  }

  release(slot: number): void {
    const at = this.at(slot)
    Atomics.store(this.#words, at + thread.sockets, 0)
    Atomics.add(this.#words, at + thread.generation, 1)
    Atomics.store(this.#words, at + thread.state, ThreadState.free)
  }

  /** Marks a thread as gone; it may be repeated. */
  beginReaping(slot: number): void {
    const state = this.threadIdOf(slot) << ID_SHIFT
    Atomics.store(this.#words, this.at(slot) + thread.state, state | ThreadState.reaping)
  }

  isLive(slot: number): boolean {
    return (
      (Atomics.load(this.#words, this.at(slot) + thread.state) & KIND_BITS) === ThreadState.live
    )
  }

  threadIdOf(slot: number): number {
    return Atomics.load(this.#words, this.at(slot) + thread.state) >>> ID_SHIFT
  }

  /** Whether threads that a thread has started take part still, or have not been cleaned up. */
  hasChildren(threadId: number): boolean {
    return this.#takenSlots().some((slot) => this.#parentOf(slot) === threadId)
  }

  /** The slots of a thread that has ended, and of all that it had started. */
  descendants(threadId: number): number[] {
    const gone = new Set([threadId])
    const slots: number[] = []
    const taken = this.#takenSlots()
    // Ids grow with time, so a parent's is smaller than its children's.
    taken.sort((a, b) => this.threadIdOf(a) - this.threadIdOf(b))
    for (const slot of taken) {
      const id = this.threadIdOf(slot)
      if (!gone.has(id) && !gone.has(this.#parentOf(slot))) continue
      gone.add(id)
      slots.push(slot)
    }
    return slots
  }

  #parentOf(slot: number): number {
    return this.#words[this.at(slot) + thread.parentId]!
  }

  #takenSlots(): number[] {
    const high = this.high
    const slots: number[] = []
    for (let slot = 0; slot < high; slot++) {
      const state = Atomics.load(this.#words, this.at(slot) + thread.state)
      if (state !== ThreadState.free) slots.push(slot)
    }
    return slots
  }

  /** Sockets open in all threads. */
  sockets(): number {
    let count = 0
    const high = this.high
    for (let slot = 0; slot < high; slot++) {
      count += Atomics.load(this.#words, this.at(slot) + thread.sockets)
    }
    return count
  }

  /**
   * One more socket of a thread, of no more than `most` in all threads.
   *
   * @returns false where there are so many
   */
  claimSocket(slot: number, most: number): boolean {
    while (this.sockets() < most) {
      this.addSockets(slot, 1)
      if (this.sockets() <= most) return true
      // Another thread is at the same. The last of them to take its own back finds the place free.
      this.addSockets(slot, -1)
    }
    return false
  }

  addSockets(slot: number, count: number): void {
    Atomics.add(this.#words, this.at(slot) + thread.sockets, count)
  }

  /** Wakes a thread if it sleeps. */
  wake(slot: number): void {
    const words = this.#words
    const at = this.at(slot) + thread.wake
    // Pairs with Thread.sleep(), which says "asleep" and then looks at its commands once more.
    if (Atomics.load(words, at) !== Wake.asleep) return
    if (Atomics.compareExchange(words, at, Wake.asleep, Wake.awake) === Wake.asleep) {
      Atomics.notify(words, at)
    }
  }

  /**
   * Makes every thread look at all of its pipes: a thread has died, perhaps after it changed a pipe
   * or a wake word and before it told.
   */
  alarm(): void {
    const high = this.high
    for (let slot = 0; slot < high; slot++) if (this.isLive(slot)) this.rouse(slot)
  }

  /** A thread is to be roused when memory is given back. It tries once more after this call. */
  awaitMemory(slot: number): void {
    const words = this.#words
    Atomics.store(words, this.at(slot) + thread.awaitsMemory, 1)
    // Pairs with Heap.#tellOfMemory(), which looks at this word after a block is free: either that
    // sees it, or the thread's next try sees the block. No store, for what the heap looks at is
    // read plainly, and may be read before a store has come through.
    Atomics.exchange(words, header.memoryAwaited, 1)
  }

  /** Memory was given back. */
  rouseForMemory(): void {
    const words = this.#words
    // First this word: who says that it waits during the loop is roused by it, or by the next call.
    if (Atomics.exchange(words, header.memoryAwaited, 0) === 0) return
    const high = this.high
    for (let slot = 0; slot < high; slot++)
      if (Atomics.exchange(words, this.at(slot) + thread.awaitsMemory, 0) === 1) this.rouse(slot)
  }

  /** Ends the sleep that a thread is in, or about to begin, and makes it look at all of its pipes. */
  rouse(slot: number): void {
    const words = this.#words
    Atomics.store(words, this.at(slot) + thread.rescan, 1)
    Atomics.store(words, this.at(slot) + thread.wake, Wake.awake)
    Atomics.notify(words, this.at(slot) + thread.wake)
  }
}
