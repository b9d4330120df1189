import type { Arena } from './arena.ts'
import { mailbox, thread } from './layout.ts'

/**
 * Which pipe ends want the attention of which thread: a bit for each, in three levels.
 *
 * Any thread may post, only the mailbox's own thread takes. Posting only ever sets bits, so that it
 * may be repeated, may come too late or at the wrong thread (the pipe has been freed and made anew
 * in between, the thread's slot has another owner), and may stop half-way in a thread that is
 * terminated: a bit too many makes its thread look at an end for nothing, a bit too few is made up
 * for by the alarm that follows a thread's death. A linked list would be cut, or closed to a ring.
 */
export class MailboxTable {
  readonly #words: Int32Array
  readonly #threads: number
  readonly #mailboxes: number

  constructor(arena: Arena) {
    this.#words = arena.words
    this.#threads = arena.tables.threads
    this.#mailboxes = arena.tables.mailboxes
  }

  /** The next turn among the ends that are posted to a thread; turns wrap at 2^32. */
  nextTurn(slot: number): number {
    return Atomics.add(this.#words, this.#threads + slot * thread.words + thread.posted, 1)
  }

  /** Says that an end wants the attention of a thread; waking it is another matter. */
  post(slot: number, end: number): void {
    const words = this.#words
    const box = this.#mailboxes + slot * mailbox.words
    const group = end >>> 5
    // From the bottom up, and taken from the top down: who sees a bit finds what it stands for, or
    // it has been taken already.
    Atomics.or(words, box + mailbox.ends + group, 1 << (end & 31))
    Atomics.or(words, box + mailbox.groups + (group >>> 5), 1 << (group & 31))
    Atomics.or(words, this.#top(slot), 1 << (end >>> mailbox.topShift))
  }

  isEmpty(slot: number): boolean {
    return Atomics.load(this.#words, this.#top(slot)) === 0
  }

  /** Empties a thread's mailbox into `ends`, in the order of their numbers. */
  collect(slot: number, ends: number[]): void {
    const words = this.#words
    const groups = this.#mailboxes + slot * mailbox.words + mailbox.groups
    for (let top = Atomics.exchange(words, this.#top(slot), 0); top !== 0; top &= top - 1) {
      const first = (31 - Math.clz32(top & -top)) * mailbox.wordsPerTopBit
      for (let at = first; at < first + mailbox.wordsPerTopBit; at++) {
        if (Atomics.load(words, groups + at) !== 0) this.#takeGroups(slot, at, ends)
      }
    }
  }

  #takeGroups(slot: number, at: number, ends: number[]): void {
    const words = this.#words
    const box = this.#mailboxes + slot * mailbox.words
    let groups = Atomics.exchange(words, box + mailbox.groups + at, 0)
    for (; groups !== 0; groups &= groups - 1) {
      const group = at * 32 + 31 - Math.clz32(groups & -groups)
      let bits = Atomics.exchange(words, box + mailbox.ends + group, 0)
      for (; bits !== 0; bits &= bits - 1) ends.push(group * 32 + 31 - Math.clz32(bits & -bits))
    }
  }

  #top(slot: number): number {
    return this.#threads + slot * thread.words + thread.commands
  }
}
