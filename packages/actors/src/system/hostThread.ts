import { fileURLToPath } from 'node:url'
import type { ResourceLimits } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { ActorError } from '../errors.ts'

/** What a thread is given to become a host. */
export interface HostTask {
  readonly system: string
  readonly number: number
  /** The number of the host of the program that made the system. */
  readonly program: number
}

/** The thread of one host: a pool of one, whose one task ends with the host. */
export class HostThread {
  readonly number: number
  /** Settles when the thread has ended: with an error, unless it was closed. */
  readonly ended: Promise<unknown>
  readonly #pool: Piscina
  readonly #abort = new AbortController()

  constructor(task: HostTask, resourceLimits: ResourceLimits | undefined) {
    this.number = task.number
    this.#pool = new Piscina({
      filename: fileURLToPath(new URL('./hostMain.js', import.meta.url)),
      minThreads: 1,
      maxThreads: 1,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      idleTimeout: Infinity,
      recordTiming: false,
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    })
    const failed = new Promise<unknown>((resolve) => {
      // A thread that cannot even begin says so here, and its task never settles.
      this.#pool.on('error', resolve)
    })
    const ran = this.#pool.run(task, { signal: this.#abort.signal }).then(
      () => undefined,
      (error: unknown) => error,
    )
    this.ended = Promise.race([ran, failed]).then(async (error) => {
      await this.#pool.destroy()
      return error
    })
  }

  /** Ends the thread wherever it is. */
  terminate(): void {
    this.#abort.abort(new ActorError('EHOSTDOWN', 'The host was terminated'))
  }
}
