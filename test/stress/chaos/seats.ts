import { clockMs, sinceMs } from '../../support/stamped.ts'

/** What a thread may be in the middle of; 0 is none of them. */
const calls = [
  'no call',
  'bind',
  'bindSync',
  'unbind',
  'unbindSync',
  'connect',
  'disconnect',
  'close',
  'send',
  'sendSync',
  'sendMany',
  'sendManySync',
  'receive',
  'receiveSync',
  'receiveMany',
  'receiveManySync',
  'receiveShared',
  'receiveSharedSync',
  'receiveManyShared',
  'receiveManySharedSync',
  'run of a proxy',
  'runSync of a proxy',
] as const
export type Call = (typeof calls)[number]

/** Calls that end only with their thread. */
const endless: ReadonlySet<Call> = new Set<Call>([
  'no call',
  'run of a proxy',
  'runSync of a proxy',
])

/**
 * The words of the table: whether it is over, when the main thread was last seen, which pattern is
 * in season, and then of each seat its thread's number, what that plays, its call, and when that
 * began.
 */
const head = { isOver: 0, mainSeenAt: 1, season: 2, words: 3 } as const
const seat = { thread: 0, pattern: 1, role: 2, call: 3, since: 4, words: 5 } as const

/** What somebody is in, and for how long. */
export interface Sight {
  readonly thread: number
  readonly pattern: number
  readonly role: number
  readonly call: Call
  readonly forMs: number
}

/** Where each thread leaves word of what it is doing, for the watchdog and the one that terminates. */
export class Seats {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer)
  }

  static forThreads(count: number): Seats {
    const seats = new Seats(new SharedArrayBuffer(4 * (head.words + count * seat.words)))
    seats.mainIsAlive()
    return seats
  }

  static of(buffer: SharedArrayBuffer): Seats {
    return new Seats(buffer)
  }

  /** A thread takes a seat. */
  seat(index: number, thread: number): Seat {
    return new Seat(this.#words, head.words + index * seat.words, thread)
  }

  /** Nobody sits there any more. */
  clear(index: number): void {
    const at = head.words + index * seat.words
    this.#words.fill(0, at, at + seat.words)
  }

  look(index: number): Sight {
    const words = this.#words
    const at = head.words + index * seat.words
    return {
      thread: words[at + seat.thread]!,
      pattern: words[at + seat.pattern]!,
      role: words[at + seat.role]!,
      call: calls[Atomics.load(words, at + seat.call)]!,
      forMs: sinceMs(words[at + seat.since]!),
    }
  }

  /** Those who have been in a call for longer. */
  longerThan(limitMs: number): Sight[] {
    return this.lookAtAll().filter(({ call, forMs }) => !endless.has(call) && forMs > limitMs)
  }

  lookAtAll(): Sight[] {
    const count = (this.#words.length - head.words) / seat.words
    return Array.from({ length: count }, (_, index) => this.look(index))
  }

  /** The pattern for which threads meet at places now: there are too many for them to meet at all. */
  get season(): number {
    return Atomics.load(this.#words, head.season)
  }

  set season(pattern: number) {
    Atomics.store(this.#words, head.season, pattern)
  }

  mainIsAlive(): void {
    Atomics.store(this.#words, head.mainSeenAt, clockMs() | 0)
  }

  /** How long the main thread has not been seen. */
  get mainIsAwayForMs(): number {
    return sinceMs(Atomics.load(this.#words, head.mainSeenAt))
  }

  end(): void {
    Atomics.store(this.#words, head.isOver, 1)
    Atomics.notify(this.#words, head.isOver)
  }

  /** Blocks until it is over, or for a time; whether it is over. */
  waitForEnd(mostMs: number): boolean {
    return Atomics.wait(this.#words, head.isOver, 0, mostMs) !== 'timed-out'
  }
}

/** One thread's seat. */
export class Seat {
  readonly #words: Int32Array
  readonly #at: number

  constructor(words: Int32Array, at: number, thread: number) {
    this.#words = words
    this.#at = at
    words[at + seat.thread] = thread
  }

  plays(pattern: number, role: number): void {
    this.#words[this.#at + seat.pattern] = pattern
    this.#words[this.#at + seat.role] = role
  }

  /** Makes a call, and leaves word that it is in it. */
  async during<T>(call: Call, make: () => T | Promise<T>): Promise<T> {
    this.#words[this.#at + seat.since] = clockMs() | 0
    Atomics.store(this.#words, this.#at + seat.call, calls.indexOf(call))
    try {
      return await make()
    } finally {
      Atomics.store(this.#words, this.#at + seat.call, 0)
    }
  }
}
