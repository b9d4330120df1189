import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { ResourceLimits } from 'node:worker_threads'
import { context } from '@ringpost/core'
import type { ActorDefinition } from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import { Host } from '../host/host.ts'
import type { Logger } from '../host/logger.ts'
import type { ActorHandle } from '../host/ref.ts'
import type { SystemEvents } from '../host/systemEvents.ts'
import { HostThread } from './hostThread.ts'
import { stderrLogger } from './stderrLogger.ts'

/** The number of the host that is the program's own thread. */
const PROGRAM = 0

/** How long a thread may take to begin, in milliseconds. */
const BOOT_MS = 30_000

export interface SystemOptions {
  /** Threads for actors. Default: one for each core. 0: actors run in the calling thread. */
  hosts?: number
  /** Limits of V8 for each host, as `worker_threads` has them. */
  resourceLimits?: ResourceLimits
  /**
   * What actors log with, and the system itself: pino, or what has its methods. `false`: nothing.
   * Default: warnings and errors, to the standard error output.
   */
  logger?: Logger | false
}

/** Actors, and the threads that they run on. Close it when done: it keeps the process alive. */
export class ActorSystem implements AsyncDisposable {
  readonly #name = randomUUID()
  readonly #host = new Host(this.#name, PROGRAM, context)
  readonly #threads = new Map<number, HostThread>()
  readonly #booting = new Map<number, (error?: unknown) => void>()
  readonly #resourceLimits: SystemOptions['resourceLimits']
  #numbers = PROGRAM
  #closing: Promise<void> | undefined

  /** @internal */
  constructor(options: SystemOptions) {
    this.#resourceLimits = options.resourceLimits
    const { logger = stderrLogger } = options
    this.#host.reporting.logWith(logger === false ? undefined : logger)
    this.#host.serve('hello', (_: undefined, from: number) => this.#booting.get(from)?.())
    this.#host.open()
  }

  /** @internal */
  async start(hosts: number): Promise<void> {
    await Promise.all(Array.from({ length: hosts }, () => this.#boot()))
    this.#announce()
  }

  /** What happens in it, on all hosts. */
  get events(): SystemEvents {
    return this.#host.reporting.events
  }

  /** Hosts that take actors, by number. */
  get hosts(): readonly number[] {
    return [...this.#threads.keys()]
  }

  /**
   * Spawns an actor; settles when it is ready.
   *
   * @throws {ActorError} `ELOAD`: the host cannot load the definition; `EVALUE`: an argument cannot be sent; `EHOSTDOWN`, `ECLOSED`; and what its factory throws
   */
  spawn<Args extends unknown[], H>(
    definition: ActorDefinition<Args, H>,
    ...args: Args
  ): Promise<ActorHandle<H>> {
    if (this.#closing !== undefined) return Promise.reject(new ActorError('ECLOSED'))
    return this.#host.spawn(definition, args)
  }

  /** Stops all actors, each after what is in its mailbox, and ends the threads. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    await this.#host.stopActors()
    await Promise.all(
      [...this.#threads.values()].map(async (thread) => {
        await this.#host.request(thread.number, 'close', undefined)
        await thread.ended
      }),
    )
    this.#host.close()
  }

  async #boot(): Promise<void> {
    const number = ++this.#numbers
    const task = { system: this.#name, number, program: PROGRAM }
    const booted = new Promise<void>((resolve, reject) => {
      this.#booting.set(number, (error) => (error === undefined ? resolve() : reject(error)))
    })
    const thread = new HostThread(task, this.#resourceLimits)
    void this.#attend(thread)
    const late = setTimeout(() => thread.terminate(), BOOT_MS)
    try {
      await booted
      this.#threads.set(number, thread)
    } finally {
      clearTimeout(late)
      this.#booting.delete(number)
    }
  }

  /** Until the thread ends. */
  async #attend(thread: HostThread): Promise<void> {
    const error = await thread.ended
    const { number } = thread
    this.#threads.delete(number)
    this.#host.lose(number, error)
    this.#booting.get(number)?.(error ?? new ActorError('EHOSTDOWN'))
    for (const other of this.#threads.keys()) this.#host.notify(other, 'lost', { host: number, error })
    this.#announce()
  }

  #announce(): void {
    const places = this.hosts
    this.#host.placeAt(places)
    for (const host of places) this.#host.notify(host, 'places', places)
  }
}

/**
 * Makes a system of actors; settles when its threads are ready.
 *
 * @throws {ActorError} `EINVAL`: the options; `EHOSTDOWN`: a thread could not begin
 */
export async function createSystem(options: SystemOptions = {}): Promise<ActorSystem> {
  const { hosts = availableParallelism() } = options
  if (!Number.isInteger(hosts) || hosts < 0 || hosts > 1024)
    throw new ActorError('EINVAL', `hosts must be a number from 0 to 1024, not ${String(hosts)}`)
  const system = new ActorSystem(options)
  await system.start(hosts)
  return system
}
