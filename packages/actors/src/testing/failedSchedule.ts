import type { ScheduleName } from './simulation/schedule.ts'
import type { TakenStep, Trace } from './simulation/trace.ts'

/** Steps that the message shows. */
const SHOWN = 20

/** A run of a scenario has failed. Its cause is what was thrown. */
export class FailedSchedule extends Error {
  override readonly name = 'FailedSchedule'
  /** For `replay`. */
  readonly schedule: ScheduleName
  /** The latest 1,000 steps before it failed, the oldest first. */
  readonly trace: readonly TakenStep[]

  /** @internal */
  constructor(schedule: ScheduleName, cause: unknown, trace: Trace) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const shown = trace.last(SHOWN).map(inWords).join('\n')
    super(`${nameOf(schedule)} fails: ${why}\nThe last of its ${trace.count} steps:\n${shown}`, {
      cause,
    })
    this.schedule = schedule
    this.trace = trace.last()
  }
}

const nameOf = (schedule: ScheduleName): string =>
  typeof schedule === 'number'
    ? `The schedule of seed ${schedule} (RINGPOST_SEED=${schedule})`
    : `The schedule [${schedule.join()}]`

const inWords = ({ number, atMs, what }: TakenStep): string =>
  `${String(number).padStart(6)} ${String(atMs).padStart(6)} ms  ${what}`
