import { once } from 'node:events'
import { setTimeout as timer } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Seats } from './seats.ts'
import { namesOf, toldOfAll, type Named } from './sights.ts'
import type { WatchOrder } from './watchdogThread.ts'

/** Nobody is in one call for longer: those that may wait in vain lose patience before. */
const LIMIT_MS = 12_000
const SHOWS_ITSELF_EVERY_MS = 1000

/** Says which thread waits in what, when one has done so for too long. */
export class Watchdog {
  readonly failures: unknown[] = []
  readonly #seats: Seats
  readonly #names: readonly Named[]
  readonly #thread: Worker
  readonly #pulse: NodeJS.Timeout

  constructor(seats: Seats, patterns: readonly Named[]) {
    this.#seats = seats
    this.#names = namesOf(patterns)
    const order: WatchOrder = { seats: seats.buffer, names: this.#names, limitMs: LIMIT_MS }
    const url = new URL('../../dist/stress/chaos/watchdogThread.js', import.meta.url)
    this.#thread = new Worker(url, { workerData: order })
    this.#thread.on('message', (stuck: string[]) =>
      this.failures.push(new Error(['somebody hangs', ...stuck].join('\n'))),
    )
    this.#thread.on('error', (error) => this.failures.push(error))
    this.#pulse = setInterval(() => seats.mainIsAlive(), SHOWS_ITSELF_EVERY_MS)
  }

  /**
   * Waits for what does not take long; a failure if it does.
   *
   * @param inWhat says where it is then
   */
  async inTime(what: string, done: Promise<unknown>, inWhat: () => string): Promise<void> {
    const stop = new AbortController()
    const isLate = timer(LIMIT_MS, true, stop).catch(() => false)
    if ((await Promise.race([done, isLate])) === true) {
      const threads = toldOfAll(this.#seats, this.#names)
      const told = [`waited in vain for ${what}`, inWhat(), ...threads]
      this.failures.push(new Error(told.join('\n')))
    }
    stop.abort()
  }

  async end(): Promise<void> {
    clearInterval(this.#pulse)
    const end = once(this.#thread, 'exit')
    this.#seats.end()
    await end
  }
}
