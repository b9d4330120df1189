import { ActorError } from '../errors.ts'
import type { HostLoss } from '../host/down.ts'
import type { Logger } from '../host/logger.ts'
import { checkOptions, type Kinds } from '../options/checkOptions.ts'
import { flag, must, whole } from '../options/kinds.ts'
import { checkCloseOptions, systemKinds } from '../system/systemOptions.ts'
import { ActorSystem, type CloseOptions, type SystemOptions } from '../system/system.ts'
import { ManualClock } from './manualClock.ts'
import { SeededSchedule, type Schedule, type ScheduleName } from './simulation/schedule.ts'
import { Scheduler, type Manner } from './simulation/scheduler.ts'
import { SimulatedNetwork } from './simulation/simulatedNetwork.ts'
import { Simulation, type World } from './simulation/simulation.ts'
import type { TakenStep } from './simulation/trace.ts'

/** Options of a simulated system. What threads alone have is not among them. */
export interface TestSystemOptions extends Omit<
  SystemOptions,
  'resourceLimits' | 'stuckMs' | 'signals'
> {
  /** Simulated hosts. Default 2. 0: actors run in the program's own. */
  hosts?: number
  /** Decides the order of steps, and all else that is left to chance: a whole number. Default 1. */
  seed?: number
  /** Steps in one go before it counts as having no end. Default 100,000. */
  maxSteps?: number
  /**
   * Whether messages, answers and errors are written and read on their way even within a host, as they are
   * between hosts. Default true.
   */
  alwaysEncode?: boolean
  /** As for any system; but by default nothing is logged. */
  logger?: Logger | false
}

const { resourceLimits: _, stuckMs: __, signals: ___, ...kinds } = systemKinds

export const testSystemKinds: Kinds<TestSystemOptions> = {
  ...kinds,
  seed: must('a whole number', Number.isSafeInteger),
  maxSteps: whole(1),
  alwaysEncode: flag,
}

const HOSTS = 2
const SEED = 1
const MAX_STEPS = 100_000

const exploring: Manner = { timeFlows: false, explores: true }
const inOrder: Manner = { timeFlows: true, explores: false }

/**
 * A system whose hosts are simulated in one thread: all that happens is a step, one at a time, and the order
 * of steps follows from a seed. Time stands still unless it is advanced. Everything else is as in any system.
 */
export class TestSystem extends ActorSystem {
  readonly #world: World
  readonly #simulation: Simulation
  #closing: Promise<void> | undefined

  /** @internal */
  constructor(
    world: World,
    options: TestSystemOptions,
    simulation = new Simulation(world, hostsOf(options) + 1, options.alwaysEncode ?? true),
  ) {
    super(
      hostsOf(options),
      { logger: false, ...options, stuckMs: Infinity, signals: [] },
      simulation,
    )
    this.#world = world
    this.#simulation = simulation
  }

  /** What replays the run: the seed, or in `explore` of all schedules the choices made so far. */
  get schedule(): ScheduleName {
    return this.#world.scheduler.schedule.name
  }

  /** The clock of all hosts, and of all nodes of the run. */
  get clock(): ManualClock {
    return this.#world.scheduler.clock
  }

  /** The latest 1,000 steps, the oldest first. */
  get trace(): readonly TakenStep[] {
    return this.#world.scheduler.trace.last()
  }

  /** What joins the nodes of the run, and can be cut. */
  get network(): SimulatedNetwork {
    return this.#world.network
  }

  // Steps and time.

  /**
   * Settles when nothing is left to happen at this time.
   *
   * @throws {ScheduleError} `ESTEPS`
   */
  settle(): Promise<void> {
    return this.#drive(this.#world.scheduler.settled())
  }

  /**
   * Settles when so many steps were taken, or nothing is left to happen at this time.
   *
   * @throws {ScheduleError} `ESTEPS`
   */
  steps(count: number): Promise<void> {
    return this.#drive(this.#world.scheduler.steps(count))
  }

  /**
   * Time goes on, by so many milliseconds, as if all that happens took none: what is under way happens first,
   * and whatever falls due has its consequences before the next does.
   *
   * @throws {ScheduleError} `ESTEPS`
   */
  async advance(byMs: number): Promise<void> {
    const { clock } = this
    await this.settle()
    const until = clock.now() + checkedMs(byMs)
    for (let { next } = clock; next !== undefined && next <= until; { next } = clock) {
      clock.advanceTo(next)
      await this.settle()
    }
    clock.advanceTo(until)
  }

  /**
   * Time goes on at once, as if the process had been stopped meanwhile: what falls due, and what is under way,
   * happen in an order that the schedule decides. So an answer may come just before its asker gives up, or after.
   *
   * @throws {ScheduleError} `ESTEPS`
   */
  jump(byMs: number): Promise<void> {
    this.clock.advance(checkedMs(byMs))
    return this.settle()
  }

  /** A whole number from 0 up to, but not including, the limit: as the schedule decides. */
  draw(limit: number): number {
    return this.#world.scheduler.schedule.draw(limit)
  }

  // Faults.

  /**
   * A host is lost, between two steps. What it was the last to say may be lost as well; the others learn of it
   * some steps later. It is replaced as a thread would be, after its backoff.
   *
   * @throws {ActorError} `ENOHOST`
   */
  kill(host: number, loss: HostLoss = { why: 'terminated' }): void {
    this.#hostAt(host).terminate(loss)
  }

  /**
   * A host does nothing, as if it computed for long.
   *
   * @returns lets it go on
   * @throws {ActorError} `ENOHOST`
   */
  hold(host: number): () => void {
    return this.#hostAt(host).quarters.site.hold()
  }

  /** Another node of the same run: it has the same clock, and its steps are among the others'. */
  async addNode(options: Omit<TestSystemOptions, 'seed' | 'maxSteps'> = {}): Promise<TestSystem> {
    checkOptions('addNode', options, testSystemKinds)
    return begin(this.#world, options)
  }

  /** @internal */
  override start(): Promise<void> {
    return this.#world.scheduler.drive(super.start(), inOrder)
  }

  /**
   * As that of any system; time goes on as far as it needs.
   *
   * @throws {ScheduleError} `ESTEPS`
   */
  override async close(options: CloseOptions = {}): Promise<void> {
    checkCloseOptions(options)
    await (this.#closing ??= this.#close(options))
  }

  /** @internal Settles when nothing will happen any more, and whoever waits for that has had its turn. */
  silence(): Promise<void> {
    return this.#drive(this.#world.scheduler.silence())
  }

  async #close(options: CloseOptions): Promise<void> {
    await this.#world.scheduler.drive(super.close(options), inOrder)
    this.#simulation.end()
    this.#world.open.delete(this)
  }

  #drive(work: Promise<void>): Promise<void> {
    return this.#world.scheduler.drive(work, exploring)
  }

  #hostAt(number: number): SimulatedHostLike {
    const host = this.#simulation.hostAt(number)
    if (host === undefined)
      throw new ActorError('ENOHOST', `There is no host ${number} that a fault can befall`)
    return host
  }
}

type SimulatedHostLike = NonNullable<ReturnType<Simulation['hostAt']>>

const hostsOf = ({ hosts = HOSTS }: TestSystemOptions): number => hosts

function checkedMs(value: number): number {
  if (Number.isFinite(value) && value >= 0) return value
  throw new ActorError('EINVAL', `Time goes on by milliseconds, not by ${String(value)}`)
}

/** A system in a run that follows the schedule. */
export function worldOf(schedule: Schedule, { maxSteps = MAX_STEPS }: TestSystemOptions): World {
  const scheduler = new Scheduler(schedule, new ManualClock(), maxSteps)
  return { scheduler, network: new SimulatedNetwork(scheduler), systems: 0, open: new Set() }
}

/** Makes a system in the world; settles when its hosts are ready. */
export async function begin(world: World, options: TestSystemOptions): Promise<TestSystem> {
  const system = new TestSystem(world, options)
  world.open.add(system)
  await system.start()
  return system
}

/**
 * Makes a simulated system; settles when its hosts are ready. Where a test should fail rather than wait for what
 * never comes, and for many schedules, use `explore`.
 *
 * @throws {ActorError} `EINVAL`: the options
 */
export async function createTestSystem(options: TestSystemOptions = {}): Promise<TestSystem> {
  checkOptions('createTestSystem', options, testSystemKinds)
  const { seed = SEED } = options
  return begin(worldOf(new SeededSchedule(seed), options), options)
}
