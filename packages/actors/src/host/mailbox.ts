import type { Envelope } from './envelope.ts'

/** Most actors have a message or two waiting; the array doubles from here. */
const FIRST_CAPACITY = 4

/** The messages that wait for one actor. */
export interface Mailbox {
  readonly length: number
  /** The next to be handled, which stays. */
  readonly first: Envelope | undefined
  push(envelope: Envelope): void
  /** The next to be handled. */
  shift(): Envelope | undefined
  /** Puts back what was taken, before all others of its kind. */
  unshift(envelope: Envelope): void
  /** Takes out the one that matters least: the oldest, of those that are not urgent. */
  drop(): Envelope | undefined
  /** Takes out what that host has asked by that name. */
  remove(from: number, id: number): Envelope | undefined
}

const noRing: (Envelope | undefined)[] = []

/** First in, first out. */
export class QueueMailbox implements Mailbox {
  /** That of all mailboxes at first: most actors of a million have no message. */
  #ring = noRing
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  get first(): Envelope | undefined {
    return this.#ring[this.#head]
  }

  push(envelope: Envelope): void {
    if (this.#length === this.#ring.length) this.#grow()
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = envelope
    this.#length++
  }

  shift(): Envelope | undefined {
    if (this.#length === 0) return undefined
    const envelope = this.#ring[this.#head]!
    this.#ring[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#ring.length - 1)
    this.#length--
    return envelope
  }

  unshift(envelope: Envelope): void {
    if (this.#length === this.#ring.length) this.#grow()
    this.#head = (this.#head - 1) & (this.#ring.length - 1)
    this.#ring[this.#head] = envelope
    this.#length++
  }

  drop(): Envelope | undefined {
    return this.shift()
  }

  remove(from: number, id: number): Envelope | undefined {
    const mask = this.#ring.length - 1
    for (let i = 0; i < this.#length; i++) {
      const envelope = this.#ring[(this.#head + i) & mask]!
      if (envelope.id !== id || envelope.from !== from) continue
      for (let later = i + 1; later < this.#length; later++)
        this.#ring[(this.#head + later - 1) & mask] = this.#ring[(this.#head + later) & mask]
      this.#length--
      this.#ring[(this.#head + this.#length) & mask] = undefined
      return envelope
    }
    return undefined
  }

  #grow(): void {
    const capacity = Math.max(FIRST_CAPACITY, this.#ring.length * 2)
    const grown: (Envelope | undefined)[] = []
    for (let i = 0; i < this.#length; i++)
      grown.push(this.#ring[(this.#head + i) & (this.#ring.length - 1)])
    while (grown.length < capacity) grown.push(undefined)
    this.#ring = grown
    this.#head = 0
  }
}
