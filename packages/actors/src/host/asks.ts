import { ActorError } from '../errors.ts'
import type { Address } from './address.ts'
import type { RefOwner } from './ref.ts'
import { Timeout, type Timeouts } from './timeouts.ts'

/** What becomes of something asked that nobody waits for any more. */
export interface Asker {
  /** Whom it was asked of, for people. */
  nameOf(pending: Pending): string
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
  /** What was asked, and of whom: an error names them. */
  method = ''
  to: Address | undefined
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
    this.fail(new ActorError('ENOACTOR', `${this.asked}: there is no such actor`))
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

  override expire(afterMs: number): void {
    this.abandon(new ActorError('ETIMEDOUT', `${this.asked}: no answer came in ${afterMs} ms`))
  }

  /** As `value of /counter`: only errors need it. */
  get asked(): string {
    return `${this.method} of ${this.#asker.nameOf(this)}`
  }
}

/** Places for those that wait; twice as many whenever half of them are taken. */
const FEWEST_PLACES = 1024

/**
 * What this host waits for. Each of them settles, whatever dies.
 *
 * Ids are counted up, and the last bits of one are its place in a table, which takes a tenth of the time of a
 * Map; one whose place is taken, by what has waited since the last round, is passed over.
 */
export class Asks {
  readonly #timeouts: Timeouts
  #places = emptyPlaces(FEWEST_PLACES)
  #size = 0
  #ids = 0

  constructor(timeouts: Timeouts) {
    this.#timeouts = timeouts
  }

  get size(): number {
    return this.#size
  }

  add(pending: Pending, timeoutMs: number): void {
    if (this.#size * 2 >= this.#places.length) this.#resize(this.#places.length * 2)
    const places = this.#places
    let id = this.#ids
    do id = (id + 1) >>> 0
    while (id === 0 || places[id & (places.length - 1)] !== undefined)
    this.#ids = id
    pending.id = id
    places[id & (places.length - 1)] = pending
    this.#size++
    this.#timeouts.add(pending, timeoutMs)
  }

  get(id: number): Pending | undefined {
    const pending = this.#places[id & (this.#places.length - 1)]
    return pending?.id === id ? pending : undefined
  }

  /** Nobody waits for it any more. @returns whether somebody did */
  remove(pending: Pending): boolean {
    this.#timeouts.remove(pending)
    const { id } = pending
    if (this.get(id) !== pending) return false
    this.#places[id & (this.#places.length - 1)] = undefined
    this.#size--
    if (this.#size === 0 && this.#places.length > FEWEST_PLACES) this.#resize(FEWEST_PLACES)
    return true
  }

  /** Fails all that wait for the host, or all that wait. */
  failAll(error: (pending: Pending) => unknown, host?: number): void {
    for (const pending of this.#places.slice()) {
      if (pending === undefined || (host !== undefined && pending.host !== host)) continue
      // What fails may have others removed.
      if (this.remove(pending)) pending.fail(error(pending))
    }
  }

  /** To more places, where all that lay apart still do, or to fewer, when nothing waits. */
  #resize(count: number): void {
    const places = emptyPlaces(count)
    for (const pending of this.#places)
      if (pending !== undefined) places[pending.id & (count - 1)] = pending
    this.#places = places
  }
}

const emptyPlaces = (count: number): (Pending | undefined)[] =>
  Array.from({ length: count }, () => undefined)

const unkept = (): void => undefined
/** What settles the promise that was made last. */
const kept: { resolve: (value: unknown) => void; reject: (error: unknown) => void } = {
  resolve: unkept,
  reject: unkept,
}

/** One function for all promises: each of its own would be an object more, and cold when it is called. */
function keep(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
  kept.resolve = resolve
  kept.reject = reject
}

/** An ask whose answer is a promise. */
export class Answer extends Pending {
  readonly promise: Promise<unknown>
  readonly #resolve: (value: unknown) => void
  readonly #reject: (error: unknown) => void

  constructor(host: number, asker: Asker) {
    super(host, asker)
    this.promise = new Promise(keep)
    this.#resolve = kept.resolve
    this.#reject = kept.reject
    kept.resolve = kept.reject = unkept
  }

  settle(value: unknown): void {
    this.#resolve(value)
  }

  fail(error: unknown): void {
    this.#reject(error)
  }
}
