/**
 * One ring between two threads and nothing else: no sockets, no peers that come and go, no growth, no
 * multipart messages, all messages of one size, and no memory of its own for each message that is read.
 *
 *      0                  64                 128
 *      +------------------+------------------+-----------------+-----------------+---
 *      | tail, is someone | head, is someone | length, payload | length, payload | …
 *      |   asleep for it  |   asleep for it  |                 |                 |
 *      +------------------+------------------+-----------------+-----------------+---
 *
 * Tail and head count words and wrap at 2^32; each lies on a cache line of its own.
 */
const TAIL = 0
const HEAD = 16
/** Behind each position: 1 while the other side sleeps until it changes. */
const SLEEPER = 1
const DATA_WORDS = 32

/** Looks at the other side's position before going to sleep. */
const LOOKS = 500

/** Copies up to this size by words; `set` takes some 50 ns before its first byte. */
const MOST_BYTES_BY_WORDS = 512

/** In bytes, a power of two: some 15 of the largest messages; less than a second-level cache. */
function capacityFor(size: number): number {
  return size <= 1024 ? 1 << 18 : 1 << 20
}

/** In words: the length, then the payload, padded to 8 bytes so that a record never wraps badly. */
function recordWords(size: number): number {
  return ((4 + size + 7) >> 3) << 1
}

/** What both ends know: one end publishes the tail, the other the head. */
class RingEnd {
  protected readonly words: Int32Array<SharedArrayBuffer>
  protected readonly bytes: Uint8Array<SharedArrayBuffer>
  protected readonly record: number
  protected readonly capacityWords: number
  /** A position is published when it has moved by this many words, or when nothing more can be done. */
  protected readonly stepWords: number

  /**
   * @param size of every message, in bytes
   * @param batch how many messages are published at once; never more than an eighth of the ring
   */
  constructor(memory: SharedArrayBuffer, size: number, batch: number) {
    this.words = new Int32Array(memory)
    this.bytes = new Uint8Array(memory)
    this.record = recordWords(size)
    // A whole number of records, so that none is split at the end.
    this.capacityWords = Math.floor((capacityFor(size) >> 2) / this.record) * this.record
    this.stepWords = Math.min(batch * this.record, this.capacityWords >> 3)
  }

  /** Waits until a position of the other side is no longer `seen`, awake at first, then asleep. */
  protected waitForChange(position: number, seen: number): number {
    for (let look = 0; look < LOOKS; look++) {
      const now = Atomics.load(this.words, position)
      if (now !== seen) return now
    }
    // The other side stores the position, then looks for a sleeper; here it is the other way round.
    Atomics.store(this.words, position + SLEEPER, 1)
    Atomics.wait(this.words, position, seen)
    Atomics.store(this.words, position + SLEEPER, 0)
    return Atomics.load(this.words, position)
  }

  protected publish(position: number, value: number): void {
    Atomics.store(this.words, position, value)
    if (Atomics.load(this.words, position + SLEEPER) === 1) Atomics.notify(this.words, position)
  }
}

/** One thread writes; what it writes is seen when it is published. */
export class RingWriter extends RingEnd {
  #tail = 0
  #published = 0
  #seenHead = 0
  #at = 0

  /** @param words the same memory as the message's */
  write(message: Uint8Array, words: Int32Array): void {
    // The difference of positions that wrap at 2^32 is right while the capacity is below 2^31 words.
    while (((this.#tail - this.#seenHead) | 0) + this.record > this.capacityWords) {
      this.flush()
      this.#seenHead = this.waitForChange(HEAD, this.#seenHead)
    }
    const at = DATA_WORDS + this.#at
    this.words[at] = message.length
    if (message.length <= MOST_BYTES_BY_WORDS) {
      for (let n = 0; n < words.length; n++) this.words[at + 1 + n] = words[n]!
    } else {
      this.bytes.set(message, (at + 1) << 2)
    }
    this.#at += this.record
    if (this.#at === this.capacityWords) this.#at = 0
    this.#tail = (this.#tail + this.record) | 0
    if (((this.#tail - this.#published) | 0) >= this.stepWords) this.flush()
  }

  flush(): void {
    this.#published = this.#tail
    this.publish(TAIL, this.#tail)
  }
}

/** One other thread reads. */
export class RingReader extends RingEnd {
  #head = 0
  #published = 0
  #at = 0

  /**
   * Copies what is there, message by message, into the same private memory; at least one and at most
   * `most` messages, each followed by a call of `take`. Returns how many there were.
   *
   * @param intoWords the same memory as `into`
   */
  read(into: Uint8Array, intoWords: Int32Array, most: number, take: () => void): number {
    let tail = Atomics.load(this.words, TAIL)
    while (tail === this.#head) tail = this.waitForChange(TAIL, tail)
    let count = 0
    for (; this.#head !== tail && count < most; count++) {
      const at = DATA_WORDS + this.#at
      if (into.length <= MOST_BYTES_BY_WORDS) {
        for (let n = 0; n < intoWords.length; n++) intoWords[n] = this.words[at + 1 + n]!
      } else {
        into.set(this.bytes.subarray((at + 1) << 2, ((at + 1) << 2) + this.words[at]!))
      }
      take()
      this.#at += this.record
      if (this.#at === this.capacityWords) this.#at = 0
      this.#head = (this.#head + this.record) | 0
      if (((this.#head - this.#published) | 0) >= this.stepWords) this.#giveBack()
    }
    this.#giveBack()
    return count
  }

  #giveBack(): void {
    this.#published = this.#head
    this.publish(HEAD, this.#head)
  }
}
