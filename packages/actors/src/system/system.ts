import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { ResourceLimits } from 'node:worker_threads'
import { context } from '@ringpost/core'
import type { ActorDefinition } from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import type { Farm } from '../farm/farm.ts'
import { makeFarm, type Workers } from '../farm/makeFarm.ts'
import type { FarmOptions } from '../farm/options.ts'
import { PipelineDraft } from '../farm/pipeline.ts'
import type { Ground } from '../farm/recruiter.ts'
import type { ModuleFunction } from '../farm/work.ts'
import { Host } from '../host/host.ts'
import type { ActorHandle, ActorRef } from '../host/ref.ts'
import { HostThread } from './hostThread.ts'

/** The number of the host that is the program's own thread. */
const PROGRAM = 0

/** How long a thread may take to begin, in milliseconds. */
const BOOT_MS = 30_000

export interface SystemOptions {
  /** Threads for actors. Default: one for each core. 0: actors run in the calling thread. */
  hosts?: number
  /** Limits of V8 for each host, as `worker_threads` has them. */
  resourceLimits?: ResourceLimits
}

/** Actors, and the threads that they run on. Close it when done: it keeps the process alive. */
export class ActorSystem implements AsyncDisposable {
  readonly #name = randomUUID()
  readonly #host = new Host(this.#name, PROGRAM, context)
  readonly #threads = new Map<number, HostThread>()
  readonly #booting = new Map<number, (error?: unknown) => void>()
  readonly #resourceLimits: SystemOptions['resourceLimits']
  /** Called whenever hosts have come or gone. */
  readonly #onHosts = new Set<() => void>()
  readonly #ground: Ground = groundOf(this, {
    endHost: (host) => this.#threads.get(host)?.terminate(),
    onHosts: (changed) => {
      this.#onHosts.add(changed)
      return () => this.#onHosts.delete(changed)
    },
  })
  #numbers = PROGRAM
  #closing: Promise<void> | undefined

  /** @internal */
  constructor(options: SystemOptions) {
    this.#resourceLimits = options.resourceLimits
    this.#host.serve('hello', (_: undefined, from: number) => this.#booting.get(from)?.())
    this.#host.open()
  }

  /** @internal */
  async start(hosts: number): Promise<void> {
    await Promise.all(Array.from({ length: hosts }, () => this.#boot()))
    this.#announce()
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

  /**
   * Makes a farm: workers on all hosts, and work for them from any iterable. Settles when the workers
   * are ready.
   *
   * @param workers what they are: actors of a definition, actors that are there already, or, by default, any that run functions; of a module's function the farm does only that
   * @throws {ActorError} `EINVAL`: an option; and what `spawn` throws
   */
  farm<Args extends unknown[], H>(
    workers: ActorDefinition<Args, H>,
    ...options: Args extends [] ? [FarmOptions?] : [FarmOptions & { args: Args }]
  ): Promise<Farm<H>>
  farm<H>(workers: readonly ActorRef<H>[]): Promise<Farm<H>>
  farm(workers: ModuleFunction & FarmOptions): Promise<Farm<NoHandlers>>
  farm(workers?: undefined, options?: FarmOptions): Promise<Farm<NoHandlers>>
  farm(
    workers?: Workers<unknown[], never> | (ModuleFunction & FarmOptions),
    options: FarmOptions & { args?: unknown[] } = {},
  ): Promise<Farm<never>> {
    const isModule = workers !== undefined && 'module' in workers
    return makeFarm(this.#ground, workers, isModule ? (workers as FarmOptions) : options)
  }

  /** A pipeline to which stages are to be added. */
  pipeline<Input>(): PipelineDraft<Input> {
    return new PipelineDraft(this.#ground)
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
    for (const other of this.#threads.keys())
      this.#host.notify(other, 'lost', { host: number, error })
    this.#announce()
  }

  #announce(): void {
    const places = this.hosts
    this.#host.placeAt(places)
    for (const host of places) this.#host.notify(host, 'places', places)
    for (const changed of this.#onHosts) changed()
  }
}

/** What farms need of the system. */
const groundOf = (system: ActorSystem, threads: Pick<Ground, 'endHost' | 'onHosts'>): Ground => ({
  get hosts() {
    return system.hosts
  },
  isExpecting: false,
  spawn: (definition, ...args) => system.spawn(definition, ...args),
  ...threads,
})

/** Workers that run functions have no handlers of their own. */
type NoHandlers = Record<never, never>

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
