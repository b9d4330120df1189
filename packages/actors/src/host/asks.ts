import { ActorError } from '../errors.ts'
import type { Address } from './address.ts'
import type { RefOwner } from './ref.ts'
import { Timeout, type Timeouts } from './timeouts.ts'

/** What becomes of something asked that nobody waits for any more. */
export interface Asker {
  abandon(pending: Pending, error: unknown): void
}

/** Something that this host has asked of an actor or of another host, and that is to be answered. */
export abstract class Pending extends Timeout {
  /** Its name in the answer. */
  id = 0
  /** The host that is to answer. */
  readonly host: number
  /** The actor that is told when nobody waits any more; none: it knows by the deadline. */
  address: Address | undefined
  /** The actor that has asked: the refs in the answer are its own. */
  owner: RefOwner | undefined
  readonly #asker: Asker

  constructor(host: number, asker: Asker) {
    super()
    this.host = host
    this.#asker = asker
  }

  /** The answer. */
  abstract settle(value: unknown): void
  /** There will be no answer, or no further item. */
  abstract fail(error: unknown): void

  /** The actor is not there. @param _args what was asked of it, which was not begun, sent back */
  refuse(_args: unknown): void {
    this.fail(new ActorError('ENOACTOR'))
  }

  /** The next item of a stream. */
  item(_value: unknown): void {
    this.end()
  }

  /** The stream is over. */
  end(): void {
    this.fail(new ActorError('EBADMSG', 'An ask was answered by a stream'))
  }

  /** Whoever was asked is told that nobody waits. */
  abandon(error: unknown): void {
    this.#asker.abandon(this, error)
  }

  override expire(): void {
    this.abandon(new ActorError('ETIMEDOUT'))
  }
}

/** What this host waits for. Each of them settles, whatever dies. */
export class Asks {
  readonly #pending = new Map<number, Pending>()
  readonly #timeouts: Timeouts
  #ids = 0

  constructor(timeouts: Timeouts) {
    this.#timeouts = timeouts
  }

  get size(): number {
    return this.#pending.size
  }

  add(pending: Pending, timeoutMs: number): void {
    do this.#ids = (this.#ids + 1) >>> 0
    while (this.#ids === 0 || this.#pending.has(this.#ids))
    pending.id = this.#ids
    this.#pending.set(pending.id, pending)
    this.#timeouts.add(pending, timeoutMs)
  }

  get(id: number): Pending | undefined {
    return this.#pending.get(id)
  }

  /** Nobody waits for it any more. @returns whether somebody did */
  remove(pending: Pending): boolean {
    this.#timeouts.remove(pending)
    return this.#pending.delete(pending.id)
  }

  /** Fails all that wait for the host, or all that wait. */
  failAll(error: () => unknown, host?: number): void {
    for (const pending of Array.from(this.#pending.values())) {
      if (host !== undefined && pending.host !== host) continue
      this.remove(pending)
      pending.fail(error())
    }
  }
}

/** An ask whose answer is a promise. */
export class Answer extends Pending {
  readonly promise: Promise<unknown>
  #resolve!: (value: unknown) => void
  #reject!: (error: unknown) => void

  constructor(host: number, asker: Asker) {
    super(host, asker)
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  settle(value: unknown): void {
    this.#resolve(value)
  }

  fail(error: unknown): void {
    this.#reject(error)
  }
}
