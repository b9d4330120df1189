import { availableParallelism } from 'node:os'
import type { InspectOptions } from 'node:util'
import type { ResourceLimits } from 'node:worker_threads'
import { outline, show } from '@ringpost/core/internal'
import type { ActorDefinition } from '../definition/definition.ts'
import type { Handlers, HandlersOf } from '../definition/types.ts'
import { ActorError } from '../errors.ts'
import type { Farm } from '../farm/farm.ts'
import { makeFarm, type Workers } from '../farm/makeFarm.ts'
import type { FarmOptions } from '../farm/options.ts'
import { PipelineDraft } from '../farm/pipeline.ts'
import type { Ground } from '../farm/recruiter.ts'
import type { ModuleFunction } from '../farm/work.ts'
import { addressIn, PROGRAM, type Address } from '../host/address.ts'
import type { Clock } from '../host/clock.ts'
import { Host } from '../host/host.ts'
import type { Logger } from '../host/logger.ts'
import type { Move } from '../host/moves.ts'
import { ActorHandle, ActorRef } from '../host/ref.ts'
import type { SystemEvents } from '../host/systemEvents.ts'
import type { PoolOptions } from '../many/pool/options.ts'
import type { Pool } from '../many/pool/pool.ts'
import { Registry } from '../many/registry/registry.ts'
import { Topics } from '../many/topics/topics.ts'
import { Gateway, type Dial } from '../nodes/gateway.ts'
import type { Listening } from '../nodes/listening.ts'
import type { ConnectOptions, ListenOptions } from '../nodes/nodeOptions.ts'
import type { RemoteNode } from '../nodes/remoteNode.ts'
import { typeOf } from '../options/checkOptions.ts'
import { policyOf, type SupervisionOptions } from '../supervision/options.ts'
import { endBySignal } from './endBySignal.ts'
import { guarded } from './loggers.ts'
import { isInHost } from './inHost.ts'
import type { Isolation } from './isolation.ts'
import { ProcessIsolation } from './processIsolation.ts'
import { stderrLogger } from './stderrLogger.ts'
import { checkCloseOptions, checkSystemOptions } from './systemOptions.ts'
import { ThreadIsolation } from './threadIsolation.ts'
import { Hosts, type ReplacementOptions } from './hosts.ts'

/** How a system closes. */
export interface CloseOptions {
  /**
   * How long pools and actors may handle what they have taken, and messages for other nodes may leave, in
   * milliseconds. Default 5,000.
   */
  drainMs?: number
  /**
   * Then they are stopped at once, and have this time to end, and their threads as long again, in
   * milliseconds. Default 1,000.
   */
  graceMs?: number
}

export interface SystemOptions {
  /** Hosts for actors. Default: one for each core. 0: actors run in the calling thread. */
  hosts?: number
  /**
   * What hosts are: threads of this process, or processes, which survive each other's native crashes and
   * whatever ends a whole process. Default `thread`.
   */
  isolation?: 'thread' | 'process'
  /** Limits of V8 for each host, as `worker_threads` has them. */
  resourceLimits?: ResourceLimits
  /**
   * What actors log with, and the system itself: pino, `console`, or what has the methods `trace`, `debug`,
   * `info`, `warn` and `error`, and `fatal`, or else that is logged as an error. What it throws harms nobody: the
   * entry goes to the standard error output. `false`: nothing. Default: warnings and errors, to the standard
   * error output.
   */
  logger?: Logger | false
  /**
   * A host that makes no progress for so long, in milliseconds, is ended, and its actors restart
   * on others. A handler that computes longer is to look at `ctx.aborted` now and then. `Infinity`:
   * never. Default 60,000.
   */
  stuckMs?: number
  /** How hosts that have ended are replaced. */
  replacements?: ReplacementOptions
  /** How the program supervises what it spawns itself; where it would escalate, the actor stops. */
  supervision?: SupervisionOptions
  /** How it closes, unless `close` is told otherwise. */
  closing?: CloseOptions
  /**
   * Closes the system when the process has such a signal, which takes effect then: at the end of the process, as of
   * `process.exit`. Default: none.
   */
  signals?: readonly NodeJS.Signals[]
  /**
   * How to connect to a node that a ref names which came in a message, by its endpoint; undefined: not at
   * all. By default such refs reach only nodes that are connected already.
   */
  dial?: Dial
}

const DRAIN_MS = 5000
const GRACE_MS = 1000
const STUCK_MS = 60_000

/** Actors, and the hosts that they run on. Close it when done: it keeps the process alive. */
export class ActorSystem implements AsyncDisposable {
  readonly #isolation: Isolation
  readonly #host: Host
  readonly #hosts: Hosts
  readonly #seats: number
  readonly #ground: Ground
  readonly #closing: CloseOptions
  readonly #signals: readonly NodeJS.Signals[]
  readonly #dial: Dial | undefined
  #closed: Promise<void> | undefined

  /** Actors by name. */
  readonly registry: Registry
  /** Publish-subscribe. A listener of the program is called at once; what it throws is an uncaught exception. */
  readonly topics: Topics

  /** @internal */
  constructor(
    hosts: number,
    options: SystemOptions,
    isolation: Isolation = isolationOf(hosts + 1, options),
  ) {
    const { supervision = {}, stuckMs = STUCK_MS, closing = {}, signals = [] } = options
    const { replacements, logger = stderrLogger } = options
    this.#seats = hosts + 1
    this.#isolation = isolation
    this.#host = new Host(PROGRAM, isolation.program, isolation.board, PROGRAM)
    this.#host.reporting.logWith(logger === false ? undefined : guarded(logger))
    this.registry = new Registry(this.#host.registry)
    this.topics = new Topics(this.#host.topics, callNow)
    this.#host.families.guardian.policy = policyOf(supervision)
    this.#hosts = new Hosts(isolation, this.#host, { stuckMs, replacements })
    this.#ground = groundOf(this, this.#host, this.#hosts)
    this.#closing = closing
    this.#signals = signals
    this.#dial = options.dial
    this.#host.serve('moved', (move: Move) => {
      this.#host.whereabouts.moves.add(move)
      this.#hosts.announce('moved', move)
    })
    this.#host.serve('forget', (from: readonly Address[]) => {
      this.#host.whereabouts.moves.remove(from)
      this.#hosts.announce('forget', from)
    })
    this.#host.open()
  }

  /** @internal */
  async start(): Promise<void> {
    try {
      await this.#hosts.start(this.#seats - 1)
    } catch (error) {
      await this.close({ drainMs: 0 })
      throw error
    }
    for (const signal of this.#signals) process.once(signal, this.#onSignal)
  }

  /** What happens in it, on all hosts. */
  get events(): SystemEvents {
    return this.#host.reporting.events
  }

  /** Hosts that take actors, by number. 0 is the program's own thread, and not among them. */
  get hosts(): readonly number[] {
    return this.#hosts.numbers
  }

  /** The actors that the program has spawned and that live, by name. */
  get actors(): ReadonlyMap<string, ActorHandle> {
    const actors = new Map<string, ActorHandle>()
    for (const { name, address } of this.#host.families.guardian)
      if (address !== undefined) actors.set(name, new ActorHandle(address, this.#host.calls))
    return actors
  }

  /**
   * Spawns an actor; settles when it is ready. `definition.with({ startTimeoutMs, signal })` says how long that may take.
   *
   * @throws {ActorError} `ETIMEDOUT`: it is not ready in time; `ESCHEMA`: its schema does not let an argument through; `ELOAD`: the host cannot load the definition; `EVALUE`: an argument cannot be sent; `EEXIST`: the name is taken; `ENOHOST`, `EHOSTDOWN`, `ECLOSED`; and what its factory throws
   */
  async spawn<Args extends unknown[], H>(
    definition: ActorDefinition<Args, H>,
    ...args: Args
  ): Promise<ActorHandle<H>> {
    if (this.#closed !== undefined) throw new ActorError('ECLOSED')
    return await this.#host.spawn(definition, args)
  }

  /**
   * Makes a pool: one ref over many actors, spread over the hosts, that all have these arguments. Settles
   * when all members are ready.
   *
   * @throws {ActorError} `EINVAL`: the options; and as `spawn` does
   */
  async pool<Args extends unknown[], H>(
    definition: ActorDefinition<Args, H>,
    options: PoolOptions = {},
    ...args: Args
  ): Promise<Pool<H>> {
    if (this.#closed !== undefined) throw new ActorError('ECLOSED')
    return await this.#host.pools.spawn(definition, options, args)
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
  farm<H>(workers: readonly ActorRef<H>[]): Promise<Farm<HandlersOf<H>>>
  farm(workers: ModuleFunction & FarmOptions): Promise<Farm<NoHandlers>>
  farm(workers?: undefined, options?: FarmOptions): Promise<Farm<NoHandlers>>
  farm(
    workers?: Workers<unknown[], never> | (ModuleFunction & FarmOptions),
    options: FarmOptions & { args?: unknown[] } = {},
  ): Promise<Farm<never>> {
    return makeFarm(this.#ground, workers, options)
  }

  /** A pipeline to which stages are to be added. */
  pipeline<Input>(): PipelineDraft<Input> {
    return new PipelineDraft(this.#ground)
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
   * that was not done. What a ref has printed (`String(ref)`) is good here too, of this node's actors as well.
   *
   * @throws {ActorError} `EINVAL`: it names no actor; `ECLOSED`
   */
  ref<D = Handlers>(text: string): ActorRef<D> {
    if (this.#closed !== undefined) throw new ActorError('ECLOSED')
    if (typeof text !== 'string')
      throw new ActorError('EINVAL', `ref needs the text of an address, not ${typeOf(text)}`)
    const address = addressIn(text)
    if (address !== undefined) return new ActorRef(address, this.#host.calls)
    return this.#gateway.ref(text) as never
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

  /**
   * Closes in phases, each with an end: nothing is spawned any more, members of pools handle what their pools
   * have taken, actors handle what is in their mailboxes and stop, parents after their children; messages
   * leave for other nodes; actors that are left stop at once; threads end, at last by force.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    checkCloseOptions(options)
    await (this.#closed ??= this.#close({ ...this.#closing, ...options }))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** @internal */
  [show](depth: number, options: InspectOptions): string {
    const facts = {
      hosts: this.hosts,
      actors: this.actors.size,
      closed: this.#closed !== undefined,
    }
    return outline(this, facts, depth, options)
  }

  get #gateway(): Gateway {
    if (this.#closed !== undefined) throw new ActorError('ECLOSED')
    return (this.#host.gateway ??= new Gateway(
      this.#host,
      this.#dial,
      this.#isolation.network,
      this.#isolation.program.clock,
    ))
  }

  async #close({ drainMs = DRAIN_MS, graceMs = GRACE_MS }: CloseOptions): Promise<void> {
    for (const signal of this.#signals) process.off(signal, this.#onSignal)
    const { board, program } = this.#isolation
    const { clock } = program
    let isLate = false
    await within(
      clock,
      drainMs,
      this.#drain(drainMs, () => isLate),
    )
    isLate = true
    for (let seat = 0; seat < this.#seats; seat++) board.seat(seat).abortAll()
    await Promise.all([
      this.#hosts.close(graceMs),
      within(clock, graceMs, this.#stopAll(graceMs), 2),
    ])
    this.#host.gateway?.close()
    this.#host.close()
    this.#isolation.close?.()
  }

  /** What was taken is handled; then actors stop. @param isLate whether the time for that is over */
  async #drain(drainMs: number, isLate: () => boolean): Promise<void> {
    const { families, pools, peers } = this.#host
    let isHalfOver = false
    // While all others are there that their members may need; but one that hangs does not take their time.
    await within(
      this.#isolation.program.clock,
      drainMs / 2,
      pools.whenDone([PROGRAM, ...peers], () => isHalfOver || isLate()),
    )
    isHalfOver = true
    if (!isLate()) await families.guardian.close(true)
    if (!isLate()) await this.#host.gateway?.whenSent()
  }

  /** No actor is restarted any more, and none takes its time. */
  async #stopAll(graceMs: number): Promise<void> {
    const { guardian } = this.#host.families
    await Promise.all([
      guardian.isClosed ? undefined : guardian.close(false),
      this.#host.stopActors({ drain: false, graceMs }),
    ])
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    // It was caught once: the next one, sent here or by somebody who does not wait, ends the process.
    void this.close().finally(() => endBySignal(signal))
  }
}

function callNow(call: () => unknown, done: () => void): void {
  try {
    void call()
  } catch (error) {
    // It is no fault of the thread that receives.
    queueMicrotask(() => {
      throw error
    })
  }
  done()
}

/**
 * Settles when the work is done, or after so many milliseconds, as many times as said: what has so long itself comes
 * first, also when the thread was held up and both are due. Of timers of different lengths, any may.
 */
async function within(
  clock: Clock,
  limitMs: number,
  work: Promise<void>,
  times = 1,
): Promise<void> {
  let timer: unknown
  const late = new Promise<void>((resolve) => {
    const wait = (left: number): void => {
      timer = clock.after(limitMs, () => (left > 1 ? wait(left - 1) : resolve()))
    }
    wait(times)
  })
  await Promise.race([work, late])
  clock.cancel(timer)
}

/** A system without hosts has nothing to keep apart. */
function isolationOf(seats: number, { isolation, resourceLimits }: SystemOptions): Isolation {
  return isolation === 'process' && seats > 1
    ? new ProcessIsolation(seats, resourceLimits)
    : new ThreadIsolation(seats, resourceLimits)
}

/** What farms need of the system. */
const groundOf = (system: ActorSystem, host: Host, hosts: Hosts): Ground => ({
  get hosts() {
    return system.hosts
  },
  get isExpecting() {
    return hosts.isExpecting
  },
  spawn: (definition, ...args) => system.spawn(definition, ...args),
  board: host.aborts,
  endHost: (of) => hosts.terminate(of),
  onHosts: (changed) => hosts.onChange(changed),
})

/** Workers that run functions have no handlers of their own. */
type NoHandlers = Record<never, never>

/**
 * Makes a system of actors; settles when its threads are ready.
 *
 * @throws {ActorError} `EINVAL`: the options, or this is a host's thread; `EBOOT`: a thread could not begin
 */
export async function createSystem(options: SystemOptions = {}): Promise<ActorSystem> {
  // Each of its threads would import the module and make another system.
  if (isInHost())
    throw new ActorError(
      'EINVAL',
      'A host imports this module for a definition: call createSystem only `if (isMainThread)`',
    )
  checkSystemOptions(options)
  const { hosts = availableParallelism() } = options
  const system = new ActorSystem(hosts, options)
  await system.start()
  return system
}
