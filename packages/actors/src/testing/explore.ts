import { ActorError } from '../errors.ts'
import { checkOptions, typeOf, type Kinds } from '../options/checkOptions.ts'
import { flag, must, whole } from '../options/kinds.ts'
import { FailedSchedule } from './failedSchedule.ts'
import { ListedSchedule, SeededSchedule } from './simulation/schedule.ts'
import type { Schedule, ScheduleName } from './simulation/schedule.ts'
import {
  begin,
  testSystemKinds,
  worldOf,
  type TestSystem,
  type TestSystemOptions,
} from './testSystem.ts'

/** What is tried under many schedules. It waits for nothing but its system, and what it throws fails it. */
export type Scenario = (system: TestSystem) => unknown

/** How one run of a scenario goes. */
export interface RunOptions extends Omit<TestSystemOptions, 'seed'> {
  /**
   * Whether time goes on by itself, to what falls due next, when nothing else is left to happen. Default
   * false: the scenario advances it.
   */
  timeFlows?: boolean
}

/** Which schedules are tried. */
export interface ExploreOptions extends RunOptions {
  /** How many runs at most. Default 100. */
  runs?: number
  /**
   * The seeds of the runs. Default: 1, 2, 3 and so on; where the environment has `RINGPOST_SEED`, that one
   * alone.
   */
  seeds?: Iterable<number>
  /** Tries every schedule there is, one after the other: for small scenarios. Default false. */
  all?: boolean
}

/** What came of it. */
export interface Explored {
  readonly runs: number
  /** Of all runs together. */
  readonly steps: number
  /** Whether there is no schedule that was not tried. */
  readonly isComplete: boolean
}

const { seed: _, ...othersKinds } = testSystemKinds

const runKinds: Kinds<RunOptions> = { ...othersKinds, timeFlows: flag }

const exploreKinds: Kinds<ExploreOptions> = {
  ...runKinds,
  runs: whole(1),
  seeds: must(
    'an iterable of whole numbers',
    (value) => typeof value === 'object' && value !== null && Symbol.iterator in value,
  ),
  all: flag,
}

const isListed = (schedule: unknown): boolean =>
  Array.isArray(schedule) && schedule.every((choice) => Number.isSafeInteger(choice) && choice >= 0)

const RUNS = 100

/**
 * Runs a scenario under many schedules, each with a system of its own. The first run that fails ends it.
 *
 * @throws {FailedSchedule} a run has failed, with what it threw as its cause
 */
export async function explore(scenario: Scenario, options: ExploreOptions = {}): Promise<Explored> {
  checkOptions('explore', options, exploreKinds)
  const { runs = RUNS, seeds, all = false, ...others } = options
  if (all) return exploreAll(scenario, runs, others)
  let tried = 0
  let steps = 0
  for (const seed of seeds ?? defaultSeeds()) {
    if (tried === runs) break
    tried++
    steps += await run(new SeededSchedule(seed), scenario, others)
  }
  return { runs: tried, steps, isComplete: false }
}

/**
 * Runs a scenario once, under the schedule of a run that has failed.
 *
 * @param schedule a seed, or `FailedSchedule.schedule`
 * @throws {FailedSchedule} it has failed
 */
export async function replay(
  schedule: ScheduleName,
  scenario: Scenario,
  options: RunOptions = {},
): Promise<void> {
  checkOptions('replay', options, runKinds)
  if (typeof schedule !== 'number' && !isListed(schedule))
    throw new ActorError(
      'EINVAL',
      `replay needs a seed, or what FailedSchedule.schedule is, not ${typeOf(schedule)}`,
    )
  const made =
    typeof schedule === 'number' ? new SeededSchedule(schedule) : new ListedSchedule(schedule)
  await run(made, scenario, options)
}

async function exploreAll(
  scenario: Scenario,
  runs: number,
  options: RunOptions,
): Promise<Explored> {
  let steps = 0
  let schedule = new ListedSchedule()
  for (let tried = 1; ; tried++) {
    steps += await run(schedule, scenario, options)
    const following = schedule.following()
    if (following === undefined) return { runs: tried, steps, isComplete: true }
    if (tried === runs) return { runs, steps, isComplete: false }
    schedule = new ListedSchedule(following)
  }
}

/** @returns the steps of the run */
async function run(
  schedule: Schedule,
  scenario: Scenario,
  { timeFlows = false, ...options }: RunOptions,
): Promise<number> {
  const world = worldOf(schedule, options)
  const { scheduler } = world
  try {
    const system = await begin(world, options)
    const work = (async () => scenario(system))()
    await scheduler.drive(work, { timeFlows, explores: true })
    await close(world.open)
  } catch (error) {
    const failed = new FailedSchedule(schedule.name, error, scheduler.trace)
    // It has failed already: that it cannot even be closed would say no more.
    await close(world.open).catch(() => undefined)
    throw failed
  } finally {
    scheduler.end()
  }
  return scheduler.trace.count
}

async function close(systems: Iterable<{ close(): Promise<void> }>): Promise<void> {
  for (const system of [...systems].toReversed()) await system.close()
}

function* defaultSeeds(): Generator<number> {
  const given = process.env['RINGPOST_SEED']
  if (given !== undefined) yield Number(given)
  else for (let seed = 1; ; seed++) yield seed
}
