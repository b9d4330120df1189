import { Worker } from 'node:worker_threads'
import { Random } from '../../support/random.ts'
import type { Book } from './book.ts'
import type { ChaosOrder } from './chaosThread.ts'
import type { Seats } from './seats.ts'

/** One thread in so many is never terminated: if it waits for ever, that is seen. */
const ONE_IMMORTAL_IN = 4
/** Who has been in a call for so long waits in it. */
const WAITS_MS = 5

/** Threads that were terminated, by what they were in the middle of. */
export interface Terminated {
  /** Waiting in a call. */
  waiting: number
  /** In a call that had just begun. */
  calling: number
  /** Between calls, starting or ending. */
  elsewhere: number
}

/** Threads that play; in the place of one that ends another begins. */
export class Crowd {
  readonly failures: unknown[] = []
  readonly terminated: Terminated = { waiting: 0, calling: 0, elsewhere: 0 }
  started = 0
  readonly #seed: number
  readonly #book: Book
  readonly #seats: Seats
  readonly #random: Random
  /** By seat. */
  readonly #workers = new Map<number, Worker>()
  readonly #ends = new Set<Promise<void>>()
  #isOver = false

  constructor(seed: number, book: Book, seats: Seats) {
    this.#seed = seed
    this.#random = new Random(seed)
    this.#book = book
    this.#seats = seats
  }

  begin(threads: number): void {
    for (let seat = 0; seat < threads; seat++) this.#start(seat)
  }

  #start(seat: number): void {
    const thread = ++this.started
    const order: ChaosOrder = {
      thread,
      seed: (this.#seed + thread) | 0,
      seat,
      seats: this.#seats.buffer,
      book: this.#book.buffer,
      isMortal: isMortal(seat),
    }
    const url = new URL('../../dist/stress/chaos/chaosThread.js', import.meta.url)
    const worker = new Worker(url, { workerData: order })
    this.#workers.set(seat, worker)
    worker.on('error', (error) => this.failures.push(error))
    const end = new Promise((resolve) => worker.once('exit', resolve)).then(() => {
      this.#ends.delete(end)
      this.#workers.delete(seat)
      this.#seats.clear(seat)
      if (!this.#isOver) this.#start(seat)
    })
    this.#ends.add(end)
  }

  /** Terminates somebody: anybody, or who has just begun a call, and is in the middle of it. */
  strike(): void {
    const mortals = [...this.#workers.keys()].filter(isMortal)
    if (mortals.length === 0) return
    const seat = (this.#random.oneIn(2) && this.#lastToCall(mortals)) || this.#random.pick(mortals)
    const { call, forMs } = this.#seats.look(seat)
    if (call === 'no call') this.terminated.elsewhere++
    else if (forMs > WAITS_MS) this.terminated.waiting++
    else this.terminated.calling++
    void this.#workers.get(seat)!.terminate()
  }

  #lastToCall(seats: readonly number[]): number | undefined {
    const calling = seats.filter((seat) => this.#seats.look(seat).call !== 'no call')
    const since = (seat: number): number => this.#seats.look(seat).forMs
    return calling.toSorted((a, b) => since(a) - since(b))[0]
  }

  /** Terminates all, and waits until they have ended. */
  async end(): Promise<void> {
    this.#isOver = true
    await Promise.all([...this.#workers.values()].map((worker) => worker.terminate()))
    await Promise.all(this.#ends)
  }
}

const isMortal = (seat: number): boolean => seat % ONE_IMMORTAL_IN !== 0
