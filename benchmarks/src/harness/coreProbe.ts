import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

const THREADS = 2
/** Some 15 ms in all: less than how long a processor stays where it is. */
const SLICES = 10
const ROUNDS = 300_000
/** Two threads on one core take half as long again, and more. */
const SHARED = 1.25
const LONGEST_WAIT_MS = 2000
/** So many looks at the start find out how fast a core is when nobody shares it. */
const FIRST_LOOKS = 30

/**
 * Whether two threads have a core each. The processors of a virtual machine are threads of its host,
 * which moves them: for a second or a minute two of them, or one and a stranger's, may be siblings on
 * one core, and all that keeps both busy takes half as long again or twice as long. Neither the clock
 * nor `/proc/stat` tells. Two threads that compute at the same time do.
 */
export class CoreProbe {
  readonly #workers: readonly Worker[]
  #fastestMs = Infinity

  private constructor() {
    const module = new URL('./coreProbeThread.js', import.meta.url)
    const workerData = { slices: SLICES, rounds: ROUNDS }
    const count = availableParallelism() < THREADS ? 0 : THREADS
    this.#workers = Array.from({ length: count }, () => new Worker(module, { workerData }))
    for (const worker of this.#workers) worker.unref()
  }

  static async start(): Promise<CoreProbe> {
    const probe = new CoreProbe()
    for (let look = 0; look < FIRST_LOOKS; look++) await probe.isShared()
    return probe
  }

  /** Waits for a moment at which they have, but no longer than some seconds; whether it came. */
  async waitUntilApart(): Promise<boolean> {
    const deadlineMs = performance.now() + LONGEST_WAIT_MS
    while (await this.isShared()) if (performance.now() > deadlineMs) return false
    return true
  }

  /** Always false where there is one processor only. */
  async isShared(): Promise<boolean> {
    const answers = this.#workers.map((worker) => once(worker, 'message'))
    for (const worker of this.#workers) worker.postMessage('compute')
    const times = (await Promise.all(answers)).map(([answer]) => (answer as Answer).medianMs)
    const slowestMs = Math.max(0, ...times)
    this.#fastestMs = Math.min(this.#fastestMs, slowestMs)
    return slowestMs > this.#fastestMs * SHARED
  }
}

interface Answer {
  readonly medianMs: number
}
