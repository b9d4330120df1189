import type { Envelope } from './envelope.ts'

/** Most actors have a message or two waiting; the array doubles from here. */
const FIRST_CAPACITY = 4

/** The messages that wait for one actor, first in, first out. */
export class Mailbox {
  #ring: (Envelope | undefined)[] = []
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
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

  #grow(): void {
    const grown = Array.from<Envelope | undefined>({
      length: Math.max(FIRST_CAPACITY, this.#ring.length * 2),
    })
    for (let i = 0; i < this.#length; i++)
      grown[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)]
    this.#ring = grown
    this.#head = 0
  }
}
