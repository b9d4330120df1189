import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { ResourceLimits } from 'node:worker_threads'
import { context } from '@ringpost/core'
import type { ActorDefinition } from '../definition/definition.ts'
import { ActorError } from '../errors.ts'
import { PROGRAM, type Address } from '../host/address.ts'
import { Board } from '../host/board.ts'
import { Host } from '../host/host.ts'
import type { Logger } from '../host/logger.ts'
import type { Move } from '../host/moves.ts'
import { ActorHandle } from '../host/ref.ts'
import type { SystemEvents } from '../host/systemEvents.ts'
import { policyOf, type SupervisionOptions } from '../supervision/options.ts'
import { isInHost } from './inHost.ts'
import { stderrLogger } from './stderrLogger.ts'
import { Threads, type ReplacementOptions } from './threads.ts'

/** How a system closes. */
export interface CloseOptions {
  /** How long actors may handle what is in their mailboxes, in milliseconds. Default 5,000. */
  drainMs?: number
  /**
   * Then they are stopped at once, and have this time to end, and their threads as long again, in
   * milliseconds. Default 1,000.
   */
  graceMs?: number
}

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
  /**
   * A thread that makes no progress for so long, in milliseconds, is ended, and its actors restart
   * on others. A handler that computes longer is to look at `ctx.aborted` now and then. `Infinity`:
   * never. Default 60,000.
   */
  stuckMs?: number
  /** How threads that have ended are replaced. */
  replacements?: ReplacementOptions
  /** How the program supervises what it spawns itself; where it would escalate, the actor stops. */
  supervision?: SupervisionOptions
  /** How it closes, unless `close` is told otherwise. */
  closing?: CloseOptions
  /** Closes the system when the process has such a signal, which then takes effect. Default: none. */
  signals?: readonly NodeJS.Signals[]
}

const DRAIN_MS = 5000
const GRACE_MS = 1000
const STUCK_MS = 60_000

/** Actors, and the threads that they run on. Close it when done: it keeps the process alive. */
export class ActorSystem implements AsyncDisposable {
  readonly #name = randomUUID()
  readonly #board: Board
  readonly #host: Host
  readonly #threads: Threads
  readonly #seats: number
  readonly #closing: CloseOptions
  readonly #signals: readonly NodeJS.Signals[]
  #closed: Promise<void> | undefined

  /** @internal */
  constructor(hosts: number, options: SystemOptions) {
    const { supervision = {}, stuckMs = STUCK_MS, closing = {}, signals = [] } = options
    const { resourceLimits, replacements, logger = stderrLogger } = options
    this.#seats = hosts + 1
    this.#board = Board.of(this.#seats)
    this.#host = new Host(this.#name, PROGRAM, context, this.#board, PROGRAM)
    this.#host.reporting.logWith(logger === false ? undefined : logger)
    this.#host.families.guardian.policy = policyOf(supervision)
    this.#threads = new Threads(this.#name, this.#host, this.#board, {
      resourceLimits,
      stuckMs,
      replacements,
    })
    this.#closing = closing
    this.#signals = signals
    this.#host.serve('moved', (move: Move) => {
      this.#host.moves.add(move)
      this.#threads.announce('moved', move)
    })
    this.#host.serve('forget', (from: readonly Address[]) => {
      this.#host.moves.remove(from)
      this.#threads.announce('forget', from)
    })
    this.#host.open()
  }

  /** @internal */
  async start(): Promise<void> {
    try {
      await this.#threads.start(this.#seats - 1)
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
    return this.#threads.hosts
  }

  /** The actors that the program has spawned and that live, by name. */
  get actors(): ReadonlyMap<string, ActorHandle> {
    const actors = new Map<string, ActorHandle>()
    for (const { name, address } of this.#host.families.guardian)
      if (address !== undefined) actors.set(name, new ActorHandle(address, this.#host))
    return actors
  }

  /**
   * Spawns an actor; settles when it is ready.
   *
   * @throws {ActorError} `ELOAD`: the host cannot load the definition; `EVALUE`: an argument cannot be sent; `EEXIST`: the name is taken; `ENOHOST`, `EHOSTDOWN`, `ECLOSED`; and what its factory throws
   */
  async spawn<Args extends unknown[], H>(
    definition: ActorDefinition<Args, H>,
    ...args: Args
  ): Promise<ActorHandle<H>> {
    if (this.#closed !== undefined) throw new ActorError('ECLOSED')
    return await this.#host.spawn(definition, args)
  }

  /**
   * Closes in phases, each with an end: nothing is spawned any more, actors handle what is in their
   * mailboxes and stop, parents after their children; those that are left stop at once; threads end,
   * at last by force.
   */
  close(options: CloseOptions = {}): Promise<void> {
    return (this.#closed ??= this.#close({ ...this.#closing, ...options }))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close({ drainMs = DRAIN_MS, graceMs = GRACE_MS }: CloseOptions): Promise<void> {
    for (const signal of this.#signals) process.off(signal, this.#onSignal)
    await within(drainMs, this.#host.families.guardian.close(true))
    for (let seat = 0; seat < this.#seats; seat++) this.#board.seat(seat).abortAll()
    await Promise.all([
      this.#threads.close(graceMs),
      within(2 * graceMs, this.#host.stopActors({ drain: false, graceMs })),
    ])
    this.#host.close()
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    // It was caught once: the next one, sent here or by somebody who does not wait, ends the process.
    void this.close().finally(() => process.kill(process.pid, signal))
  }
}

/** Settles when the work is done, or after so many milliseconds. */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}

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
  const { hosts = availableParallelism(), stuckMs = STUCK_MS } = options
  if (!Number.isInteger(hosts) || hosts < 0 || hosts > 1024)
    throw new ActorError('EINVAL', `hosts must be a number from 0 to 1024, not ${String(hosts)}`)
  if (typeof stuckMs !== 'number' || !(stuckMs >= 1))
    throw new ActorError('EINVAL', `stuckMs must be at least 1, not ${String(stuckMs)}`)
  const system = new ActorSystem(hosts, options)
  await system.start()
  return system
}
