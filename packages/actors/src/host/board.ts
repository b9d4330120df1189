/**
 * What hosts show each other without messages, since a thread that computes reads none: one seat for
 * each host, native byte order, words of 4 bytes.
 *
 * | field    | at | words | meaning                                                             |
 * | -------- | -- | ----- | ------------------------------------------------------------------- |
 * | progress |  0 |     1 | changes while the host's thread makes progress                      |
 * | actors   |  1 |     1 | how many actors live there                                          |
 * | closing  |  2 |     1 | 1: all actors are to stop                                           |
 * | task     |  3 |     1 | mark of the task whose code has the thread now; 0: none is known of |
 * | aborted  | 16 |  1024 | generations of actors that are to stop, each at its last 10 bits,   |
 * |          |    |       | and in the same way marks of tasks, which are 2^31 and more         |
 *
 * Two generations may share a word, and the later one takes it: then a busy handler learns of its
 * end only from the message that follows.
 */
const seat = {
  progress: 0,
  actors: 1,
  closing: 2,
  task: 3,
  aborted: 16,
  abortedWords: 1024,
  words: 16 + 1024,
} as const

/** One host's part of the board. Its host writes `beat`, `actors` and `task`; any thread may do the rest. */
export class Seat {
  readonly #words: Int32Array<SharedArrayBuffer>

  constructor(words: Int32Array<SharedArrayBuffer>) {
    this.#words = words
  }

  /** The thread makes progress. */
  beat(): void {
    Atomics.add(this.#words, seat.progress, 1)
  }

  get progress(): number {
    return Atomics.load(this.#words, seat.progress)
  }

  /** As its process has told, which does not share this memory. */
  set progress(count: number) {
    Atomics.store(this.#words, seat.progress, count | 0)
  }

  get actors(): number {
    return Atomics.load(this.#words, seat.actors)
  }

  set actors(count: number) {
    // Whoever reads it takes it for an estimate.
    this.#words[seat.actors] = count
  }

  /** The mark of the task whose code has the thread now; 0: none is known of. */
  get task(): number {
    return Atomics.load(this.#words, seat.task) >>> 0
  }

  set task(mark: number) {
    Atomics.store(this.#words, seat.task, mark | 0)
  }

  /** The actor is to stop. */
  abort(generation: number): void {
    Atomics.store(this.#words, wordOf(generation), generation | 0)
  }

  /** All actors of the host are to stop. */
  abortAll(): void {
    Atomics.store(this.#words, seat.closing, 1)
  }

  isAborted(generation: number): boolean {
    if (Atomics.load(this.#words, seat.closing) === 1) return true
    return Atomics.load(this.#words, wordOf(generation)) === (generation | 0)
  }
}

const wordOf = (generation: number): number => seat.aborted + (generation & (seat.abortedWords - 1))

/** The memory of a board. */
export const boardMemory = (seats: number): SharedArrayBuffer =>
  new SharedArrayBuffer(seats * seat.words * Int32Array.BYTES_PER_ELEMENT)

/** The seats of all hosts of a system. A thread that replaces another has its seat. */
export class Board {
  readonly buffer: SharedArrayBuffer

  /** @param buffer of a board that any thread has made */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer
  }

  /** A new one. */
  static of(seats: number): Board {
    return new Board(boardMemory(seats))
  }

  /** Whether this thread sees there what all hosts write. */
  get showsAll(): boolean {
    return true
  }

  seat(index: number): Seat {
    return new Seat(this.wordsOf(index))
  }

  /** For the next host that takes it. */
  clear(index: number): void {
    this.wordsOf(index).fill(0)
  }

  protected wordsOf(index: number): Int32Array<SharedArrayBuffer> {
    const bytes = seat.words * Int32Array.BYTES_PER_ELEMENT
    return new Int32Array(this.buffer, index * bytes, seat.words)
  }
}
