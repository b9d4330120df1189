import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { ResourceLimits } from 'node:worker_threads'
import { context } from '@ringpost/core'
import type { ActorDefinition } from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import { Host } from '../host/host.ts'
import type { ActorHandle, ActorRef } from '../host/ref.ts'
import { Gateway, type Dial } from '../nodes/gateway.ts'
import type { Listening } from '../nodes/listening.ts'
import type { ConnectOptions, ListenOptions } from '../nodes/nodeOptions.ts'
import type { RefOf, RemoteNode } from '../nodes/remoteNode.ts'
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
  /**
   * How to connect to a node that a ref names which came in a message, by its endpoint; undefined: not at
   * all. By default such refs reach only nodes that are connected already.
   */
  dial?: Dial
}

/** Actors, and the threads that they run on. Close it when done: it keeps the process alive. */
export class ActorSystem implements AsyncDisposable {
  readonly #name = randomUUID()
  readonly #host = new Host(this.#name, PROGRAM, context)
  readonly #threads = new Map<number, HostThread>()
  readonly #booting = new Map<number, (error?: unknown) => void>()
  readonly #resourceLimits: SystemOptions['resourceLimits']
  readonly #dial: Dial | undefined
  #numbers = PROGRAM
  #closing: Promise<void> | undefined

  /** @internal */
  constructor(options: SystemOptions) {
    this.#resourceLimits = options.resourceLimits
    this.#dial = options.dial
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
   * Lets other nodes connect, and call what is exposed: `tcp://127.0.0.1:9000`, `ipc:///run/app.sock`.
   *
   * @throws {ActorError} `EINVAL`: the options; or anybody could come in from beyond this machine
   * @throws {SocketError} `EADDRINUSE` and others, as `bind` of a socket
   */
  async listen(endpoint: string, options: ListenOptions = {}): Promise<Listening> {
    return this.#gateway.listen(endpoint, options)
  }

  /**
   * Connects to a node; settles when it is there. A connection that is lost is made again.
   *
   * @throws {ActorError} `EINVAL`: the options; `ENODEDOWN`: nobody is there, or it does not let this one in
   */
  async connect(endpoint: string, options: ConnectOptions = {}): Promise<RemoteNode> {
    return this.#gateway.connect(endpoint, options)
  }

  /** Nodes that are connected, or may come back. */
  get nodes(): readonly RemoteNode[] {
    return this.#host.gateway?.nodes ?? []
  }

  /**
   * An actor of another node: `system.ref<typeof counter>('tcp://10.0.0.7:9000/counter')`. Connects if
   * that was not done. What a ref prints is good here too.
   *
   * @throws {ActorError} `EINVAL`: it names no actor of a node; `ECLOSED`
   */
  ref<D>(url: string): RefOf<D> {
    return this.#gateway.ref(url) as RefOf<D>
  }

  /**
   * Other nodes may call the actor, as `/name`, until it stops.
   *
   * @throws {ActorError} `EINVAL`: no name, or one that is taken; `ECLOSED`
   */
  expose<H>(name: string, ref: ActorRef<H>): void {
    this.#gateway.expose(name, ref as never)
  }

  /** Takes `expose` back. Refs that were handed out stay good. */
  conceal(name: string): void {
    this.#gateway.conceal(name)
  }

  /** Stops all actors, each after what is in its mailbox, and ends the threads. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #gateway(): Gateway {
    if (this.#closing !== undefined) throw new ActorError('ECLOSED')
    return (this.#host.gateway ??= new Gateway(this.#host, this.#dial))
  }

  async #close(): Promise<void> {
    await this.#host.stopActors()
    await Promise.all(
      [...this.#threads.values()].map(async (thread) => {
        await this.#host.request(thread.number, 'close', undefined)
        await thread.ended
      }),
    )
    this.#host.gateway?.close()
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
