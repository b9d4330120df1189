import { fileURLToPath } from 'node:url'
import type { ResourceLimits, Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import type { HostLoss } from '../host/down.ts'
import type { HostOrder, HostRunner } from './hostRunner.ts'

/** What a thread is given to become a host. */
export interface HostTask extends HostOrder {
  /** Where the hosts of the system meet. */
  readonly system: string
  readonly board: SharedArrayBuffer
}

/** The module that a host's thread runs. */
export const hostModule = new URL('./hostMain.js', import.meta.url)

/** The thread of one host: a pool of one, whose one task ends with the host. */
export class HostThread implements HostRunner {
  readonly number: number
  readonly seat: number
  readonly ended: Promise<HostLoss | undefined>
  readonly #abort = new AbortController()
  #loss: HostLoss | undefined
  #isDone = false

  /** @param module has the task as its default export */
  constructor(task: HostTask, resourceLimits: ResourceLimits | undefined, module = hostModule) {
    this.number = task.number
    this.seat = task.seat
    const pool = new Piscina({
      filename: fileURLToPath(module),
      // A thread that ends is not replaced here, but by another host.
      minThreads: 0,
      maxThreads: 1,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      idleTimeout: Infinity,
      recordTiming: false,
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    })
    // A thread that cannot even begin says so here, and its task never settles; a task that fails
    // leaves its thread alive. All of these end in the thread's exit.
    pool.on('error', (error: unknown) => this.#end(pool, { why: 'uncaught', error }))
    pool.run(task, { signal: this.#abort.signal }).then(
      () => {
        this.#isDone = true
        this.#end(pool, undefined)
      },
      (error: unknown) => this.#end(pool, { why: 'uncaught', error }),
    )
    this.ended = this.#exit(pool.threads[0]!)
  }

  terminate(loss: HostLoss): void {
    this.#loss ??= loss
    this.#abort.abort()
  }

  #exit(thread: Worker): Promise<HostLoss | undefined> {
    return new Promise((resolve) => {
      thread.once('error', (error) => {
        const isMemory = (error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY'
        this.#loss ??= isMemory ? { why: 'out of memory' } : { why: 'uncaught', error }
      })
      thread.once('exit', (exitCode) => {
        resolve(this.#loss ?? (this.#isDone ? undefined : { why: 'exited', exitCode }))
      })
    })
  }

  #end(pool: Piscina, loss: HostLoss | undefined): void {
    // What the thread itself says comes first, and says more: this only makes sure that it ends.
    queueMicrotask(() => {
      if (loss !== undefined && pool.threads.length > 0) this.#loss ??= loss
      void pool.destroy()
    })
  }
}
