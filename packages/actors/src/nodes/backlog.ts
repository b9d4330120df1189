import type { Message } from './protocol/message.ts'

/** Beside its body, what a message counts for. */
const MESSAGE_BYTES = 100

/** A message that waits to be sent, or is kept to be sent again. */
export interface Kept {
  readonly message: Message
  readonly body: Buffer | undefined
}

/** Messages that wait for a connection, or for room on it, in their order. */
export class Backlog {
  readonly #waiting = new Set<Kept>()
  readonly #asked = new Map<number, Kept>()
  #bytes = 0

  /** What waits, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  /** Whether what was asked under the id waits. */
  has(id: number): boolean {
    return this.#asked.has(id)
  }

  add(kept: Kept): void {
    this.#waiting.add(kept)
    this.#bytes += bytesOf(kept)
    const { id } = kept.message
    if (id !== 0) this.#asked.set(id, kept)
  }

  /** These come before all that waits. */
  addFirst(kept: readonly Kept[]): void {
    const others = [...this.#waiting]
    for (const each of others) this.#remove(each)
    for (const each of [...kept, ...others]) this.add(each)
  }

  /** Takes out the one that has waited longest. */
  shift(): Kept | undefined {
    const [first] = this.#waiting
    if (first !== undefined) this.#remove(first)
    return first
  }

  /** Whether there is such a message. */
  some(is: (message: Message) => boolean): boolean {
    for (const { message } of this.#waiting) if (is(message)) return true
    return false
  }

  /** What was asked under the id, if it waits, is not to be sent any more. */
  delete(id: number): void {
    const kept = this.#asked.get(id)
    if (kept !== undefined) this.#remove(kept)
  }

  /** Such messages are not to be sent any more. @returns them */
  forget(is: (message: Message) => boolean): Message[] {
    const forgotten = [...this.#waiting].filter(({ message }) => is(message))
    for (const kept of forgotten) this.#remove(kept)
    return forgotten.map(({ message }) => message)
  }

  #remove(kept: Kept): void {
    this.#waiting.delete(kept)
    this.#asked.delete(kept.message.id)
    this.#bytes -= bytesOf(kept)
  }
}

const bytesOf = ({ body }: Kept): number => MESSAGE_BYTES + (body?.length ?? 0)
