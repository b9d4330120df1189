/** How the numbers of one sender's messages follow each other at each receiver. */
const orders = ['all from the first', 'in a row', 'in order', 'in any order'] as const
export type Order = (typeof orders)[number]

/** What a pattern promises of the messages that one socket sends. */
export interface Promised {
  readonly order: Order
  /** No message reaches two receivers. */
  readonly isForOne: boolean
  /** What the sender was told to be sent arrives: its receiver stays to the end. */
  readonly isDelivered: boolean
}

/** What has been counted of a pattern. */
export interface Tally {
  readonly begun: number
  /** Lives that ended by themselves; the others were terminated. */
  readonly ended: number
  readonly arrivedInMain: number
  readonly arrivedInThreads: number
}

/** So many messages at most has a life. */
export const LONGEST_LIFE = 512

const ORDER_BITS = 0xff
const IS_FOR_ONE = 0x100
const IS_DELIVERED = 0x200
const PATTERN_SHIFT = 16

const MOST_PATTERNS = 32
const ROLES_PER_PATTERN = 16
const tally = { begun: 0, ended: 1, arrivedInMain: 2, arrivedInThreads: 3, roles: 4 } as const
const TALLY_WORDS = tally.roles + ROLES_PER_PATTERN

/** Words of a life: four, and a bit for each of its messages that has arrived. */
const life = { promised: 0, hasEnded: 1, sent: 2, tried: 3, marks: 4 } as const
const LIFE_WORDS = life.marks + LONGEST_LIFE / 32

/** Lives that have begun, and how long a message was there at most while its receiver waited. */
const head = { lives: 0, longestWaitMs: 1, words: 2 } as const
const LIVES_AT = head.words + MOST_PATTERNS * TALLY_WORDS

/**
 * What was sent and what has arrived, in shared memory that all threads write to: so it is known of
 * those that were terminated too, to the last message.
 *
 * A life is a row of numbered messages from one socket.
 */
export class Book {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer)
  }

  static forLives(count: number): Book {
    return new Book(new SharedArrayBuffer(4 * (LIVES_AT + count * LIFE_WORDS)))
  }

  static of(buffer: SharedArrayBuffer): Book {
    return new Book(buffer)
  }

  // ---- senders

  /** A life begins; its number. */
  begin(pattern: number, promised: Promised): number {
    const number = Atomics.add(this.#words, head.lives, 1)
    const at = lifeAt(number)
    if (at + LIFE_WORDS > this.#words.length) throw new Error(`the book is full: ${number} lives`)
    this.#words[at + life.promised] =
      orders.indexOf(promised.order) |
      (promised.isForOne ? IS_FOR_ONE : 0) |
      (promised.isDelivered ? IS_DELIVERED : 0) |
      (pattern << PATTERN_SHIFT)
    this.#count(pattern, tally.begun)
    return number
  }

  /** Messages up to this number may have been sent when the thread is terminated. */
  trying(number: number, upTo: number): void {
    const at = lifeAt(number) + life.tried
    if (upTo > Atomics.load(this.#words, at)) Atomics.store(this.#words, at, upTo)
  }

  /** So many messages have been sent for sure. */
  sent(number: number, count: number): void {
    Atomics.store(this.#words, lifeAt(number) + life.sent, count)
  }

  /** Nothing more is sent, and nothing else has been. */
  end(number: number): void {
    Atomics.store(this.#words, lifeAt(number) + life.hasEnded, 1)
    this.#count(this.#patternOf(number), tally.ended)
  }

  // ---- receivers

  orderOf(number: number): Order {
    return orders[this.#words[lifeAt(number) + life.promised]! & ORDER_BITS]!
  }

  /** Takes note of a message that has arrived. @throws {Error} it had arrived before */
  arrived(inMain: boolean, number: number, message: number): void {
    this.#count(this.#patternOf(number), inMain ? tally.arrivedInMain : tally.arrivedInThreads)
    const at = lifeAt(number)
    if ((this.#words[at + life.promised]! & IS_FOR_ONE) === 0) return
    const bit = 1 << (message & 31)
    const before = Atomics.or(this.#words, at + life.marks + (message >> 5), bit)
    if ((before & bit) !== 0) throw new Error(`message ${message} of life ${number} came twice`)
  }

  /** A message was there for so long while its receiver waited. */
  waited(forMs: number): void {
    const longest = Atomics.load(this.#words, head.longestWaitMs)
    if (forMs > longest) Atomics.store(this.#words, head.longestWaitMs, forMs)
  }

  // ---- counting and auditing

  /** About as long as any message was there while its receiver waited. */
  get longestWaitMs(): number {
    return Atomics.load(this.#words, head.longestWaitMs)
  }

  playing(pattern: number, role: number): void {
    this.#count(pattern, tally.roles + role)
  }

  timesPlayed(pattern: number, role: number): number {
    return this.#counted(pattern, tally.roles + role)
  }

  tallyOf(pattern: number): Tally {
    return {
      begun: this.#counted(pattern, tally.begun),
      ended: this.#counted(pattern, tally.ended),
      arrivedInMain: this.#counted(pattern, tally.arrivedInMain),
      arrivedInThreads: this.#counted(pattern, tally.arrivedInThreads),
    }
  }

  /**
   * Every promise that was broken, when all threads have ended and all is received.
   *
   * @param names of the patterns
   */
  audit(names: readonly string[]): string[] {
    const lives = Atomics.load(this.#words, head.lives)
    const broken: string[] = []
    for (let number = 0; number < lives; number++) {
      const complaint = this.#complaintAbout(number)
      if (complaint !== undefined) {
        broken.push(`life ${number}, ${names[this.#patternOf(number)]}: ${complaint}`)
      }
    }
    return broken
  }

  #complaintAbout(number: number): string | undefined {
    const at = lifeAt(number)
    const words = this.#words
    const promised = words[at + life.promised]!
    if ((promised & IS_FOR_ONE) === 0) return undefined
    const sent = words[at + life.sent]!
    const hasEnded = words[at + life.hasEnded] === 1
    const most = hasEnded ? sent : words[at + life.tried]!
    const { count, last } = this.#arrivalsOf(at)
    if (last >= most) return `message ${last} has arrived, and only ${most} were sent`
    if ((promised & IS_DELIVERED) === 0 || count >= sent) return undefined
    const how = hasEnded ? 'it ended by itself' : 'it was terminated'
    return `${sent} messages were sent for sure, ${count} have arrived; ${how}`
  }

  #arrivalsOf(at: number): { count: number; last: number } {
    let count = 0
    let last = -1
    for (let message = 0; message < LONGEST_LIFE; message++) {
      const bits = this.#words[at + life.marks + (message >> 5)]!
      if ((bits & (1 << (message & 31))) === 0) continue
      count++
      last = message
    }
    return { count, last }
  }

  #patternOf(number: number): number {
    return this.#words[lifeAt(number) + life.promised]! >> PATTERN_SHIFT
  }

  #count(pattern: number, what: number): void {
    Atomics.add(this.#words, head.words + pattern * TALLY_WORDS + what, 1)
  }

  #counted(pattern: number, what: number): number {
    return Atomics.load(this.#words, head.words + pattern * TALLY_WORDS + what)
  }
}

const lifeAt = (number: number): number => LIVES_AT + number * LIFE_WORDS
