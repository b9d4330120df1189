import type { Scheduler } from './simulation/scheduler.ts'

const conditions = {
  ESTUCK: 'Nothing is left to happen, and what was waited for has not',
  ESTEPS: 'It comes to no end',
} as const

/** Why a run of a simulated system was given up. */
export type ScheduleErrorCode = keyof typeof conditions

/** A run of a simulated system was given up: it waits for what cannot come, or never ends. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError'
  readonly code: ScheduleErrorCode

  /** @internal */
  constructor(code: ScheduleErrorCode, { clock, trace }: Scheduler) {
    const { next } = clock
    const time =
      next === undefined ? 'no timer runs' : `the next timer is due in ${next - clock.now()} ms`
    super(`${conditions[code]}: ${trace.count} steps were taken, and ${time}`)
    this.code = code
  }
}
