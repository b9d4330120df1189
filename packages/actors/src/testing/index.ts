export { createProbe, Probe, type ProbeDown, type ProbeEvent, type ProbeOptions } from './probe.ts'
export type { ProbeMessage } from './probeMessage.ts'
export { ManualClock } from './manualClock.ts'
export { createTestSystem, TestSystem, type TestSystemOptions } from './testSystem.ts'
export {
  explore,
  replay,
  type Explored,
  type ExploreOptions,
  type RunOptions,
  type Scenario,
} from './explore.ts'
export { FailedSchedule } from './failedSchedule.ts'
export { ScheduleError, type ScheduleErrorCode } from './scheduleError.ts'
export type { ScheduleName } from './simulation/schedule.ts'
export type { SimulatedNetwork } from './simulation/simulatedNetwork.ts'
export type { TakenStep } from './simulation/trace.ts'
