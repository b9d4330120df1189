import { ActorError } from '../errors.ts'
import { Timeout, type Timeouts } from './timeouts.ts'
import type { Turn } from './turn.ts'

/** What the timers of an actor need of its host. */
export interface TimerHost {
  readonly timeouts: Timeouts
  now(): number
  /** Runs it when the actor has its turn. */
  perform(turn: Turn): void
}

/** What a timer does, in the actor's turn; a promise is awaited as that of a handler. */
type Act = () => unknown

/** A timer that has a name: only the latest of that name runs. */
class KeyedTimer extends Timeout implements Turn {
  readonly name: string
  readonly #timers: ActorTimers
  readonly #key: string
  readonly #host: TimerHost
  readonly #periodMs: number
  readonly #act: Act
  #next: number
  /** Whether it waits for the actor's turn. */
  #isDue = false

  constructor(
    timers: ActorTimers,
    key: string,
    host: TimerHost,
    delayMs: number,
    periodMs: number,
    act: Act,
  ) {
    super()
    this.name = `timer ${key}`
    this.#timers = timers
    this.#key = key
    this.#host = host
    this.#periodMs = periodMs
    this.#act = act
    this.#next = host.now() + delayMs
    host.timeouts.add(this, delayMs)
  }

  override expire(): void {
    if (this.#periodMs < Infinity) {
      const now = this.#host.now()
      // What an actor misses while it is busy does not pile up.
      this.#next += this.#periodMs * Math.max(1, Math.ceil((now - this.#next) / this.#periodMs))
      this.#host.timeouts.add(this, Math.max(0, this.#next - now))
    }
    if (this.#isDue) return
    this.#isDue = true
    this.#host.perform(this)
  }

  run(): unknown {
    this.#isDue = false
    if (!this.#timers.isCurrent(this.#key, this)) return undefined
    if (this.#periodMs === Infinity) this.#timers.cancel(this.#key)
    return this.#act()
  }
}

/** Fires when no message has come for so long. */
class ReceiveTimeout extends Timeout implements Turn {
  readonly name = 'receive timeout'
  readonly #timers: ActorTimers
  readonly #host: TimerHost
  readonly #delayMs: number
  readonly #act: Act
  #since: number

  constructor(timers: ActorTimers, host: TimerHost, delayMs: number, act: Act) {
    super()
    this.#timers = timers
    this.#host = host
    this.#delayMs = delayMs
    this.#act = act
    this.#since = host.now()
    host.timeouts.add(this, delayMs)
  }

  /** A message is handled. The timer runs on, and finds out when it fires. */
  restart(): void {
    this.#since = this.#host.now()
  }

  override expire(): void {
    if (!this.#again()) this.#host.perform(this)
  }

  run(): unknown {
    if (this.#timers.receiveTimeout !== this || this.#again()) return undefined
    this.#since = this.#host.now()
    this.#host.timeouts.add(this, this.#delayMs)
    return this.#act()
  }

  /** @returns whether a message has come since: it waits for the rest then */
  #again(): boolean {
    const left = this.#since + this.#delayMs - this.#host.now()
    if (left <= 0) return false
    this.#host.timeouts.add(this, left)
    return true
  }
}

/**
 * The timers of one actor. What they do runs as messages do: one at a time, in the actor's turn; what it
 * throws goes to the supervisor. They end with the actor, and with its restart.
 */
export class ActorTimers {
  readonly #host: TimerHost
  readonly #timers = new Map<string, KeyedTimer>()
  /** @internal */
  receiveTimeout: ReceiveTimeout | undefined

  /** @internal */
  constructor(host: TimerHost) {
    this.#host = host
  }

  /**
   * Acts once, in so many milliseconds; 0: in the next turn. Another timer of that key is replaced, and
   * does not fire any more even if it was due.
   *
   * @throws {ActorError} `EINVAL`: no number of milliseconds
   */
  once(key: string, delayMs: number, act: () => unknown): void {
    this.#set(key, checkedMs(delayMs, 0), Infinity, act)
  }

  /**
   * Acts again and again, for the first time in `periodMs` milliseconds. The rate is kept; what the actor
   * misses while it is busy is made up for by one time. Replaces as `once` does.
   *
   * @throws {ActorError} `EINVAL`: no number of milliseconds, or less than 1
   */
  every(key: string, periodMs: number, act: () => unknown): void {
    this.#set(key, checkedMs(periodMs, 1), periodMs, act)
  }

  /** @returns whether there was a timer of that key */
  cancel(key: string): boolean {
    const timer = this.#timers.get(key)
    if (timer === undefined) return false
    this.#host.timeouts.remove(timer)
    return this.#timers.delete(key)
  }

  /** Whether a timer of that key is to act. */
  has(key: string): boolean {
    return this.#timers.has(key)
  }

  /** Ends all of them, not the receive timeout. */
  cancelAll(): void {
    for (const key of this.#timers.keys()) this.cancel(key)
  }

  /** @internal */
  isCurrent(key: string, timer: KeyedTimer): boolean {
    return this.#timers.get(key) === timer
  }

  /** @internal Acts each time that no message was handled for so long; `Infinity`: never again. */
  whenIdle(delayMs: number, act: Act): void {
    if (delayMs !== Infinity) checkedMs(delayMs, 1)
    if (this.receiveTimeout !== undefined) this.#host.timeouts.remove(this.receiveTimeout)
    this.receiveTimeout =
      delayMs === Infinity ? undefined : new ReceiveTimeout(this, this.#host, delayMs, act)
  }

  /** @internal */
  end(): void {
    this.cancelAll()
    this.whenIdle(Infinity, () => undefined)
  }

  #set(key: string, delayMs: number, periodMs: number, act: Act): void {
    this.cancel(key)
    this.#timers.set(key, new KeyedTimer(this, key, this.#host, delayMs, periodMs, act))
  }
}

function checkedMs(value: number, least: number): number {
  if (Number.isFinite(value) && value >= least) return value
  throw new ActorError(
    'EINVAL',
    `A timer needs at least ${least} milliseconds, not ${String(value)}`,
  )
}
