import type { CoreProbe } from './coreProbe.ts'
import { runMeasurement, type Outcome } from './measuredProcess.ts'
import type { Command, Condition, Question, Sample, Subject } from './question.ts'
import { summarize, type Summary } from './statistics.ts'

/** Whoever has failed this often under a condition is not asked again: some fail by not ending. */
const MOST_FAILURES = 2

/** A measurement during which processors shared a core is repeated, so often at most. */
const MOST_REPEATS = 3

/** All that was measured for one subject under one condition. */
export interface Cell {
  readonly subject: string
  readonly condition: string
  readonly values: readonly number[]
  readonly samples: readonly Sample[]
  /** Undefined where no measurement succeeded. */
  readonly summary: Summary | undefined
  /** Why measurements are missing, in the words of the first that failed. */
  readonly failure: string | undefined
  readonly failures: number
  /** Measurements that were repeated because processors shared a core meanwhile, and those kept all the same. */
  readonly repeated: number
  readonly shared: number
}

interface Collection {
  readonly subject: Subject
  readonly samples: Sample[]
  readonly failures: string[]
  repeated: number
  shared: number
}

/** Told before each measurement and after it, so that a long run shows that it is alive. */
export interface Progress {
  starts(question: Question, condition: Condition, subject: string, repetition: number): void
  ended(result: string): void
}

/**
 * Measures every cell of a question. The subjects take turns within each repetition, so that a
 * disturbance from outside hits all of them alike.
 */
export async function measureQuestion(
  question: Question,
  repetitions: number,
  isQuick: boolean,
  progress: Progress,
  probe: CoreProbe,
): Promise<Cell[]> {
  const cells: Cell[] = []
  const measured = question.areReadings ? question.conditions.slice(0, 1) : question.conditions
  for (const condition of measured) {
    const collections = await collect(question, condition, repetitions, isQuick, progress, probe)
    const read = question.areReadings ? question.conditions : [condition]
    for (const { name } of read) {
      cells.push(...collections.map((collection) => toCell(question, name, collection)))
    }
  }
  return cells
}

async function collect(
  question: Question,
  condition: Condition,
  repetitions: number,
  isQuick: boolean,
  progress: Progress,
  probe: CoreProbe,
): Promise<Collection[]> {
  const collections = question.subjects.map((subject): Collection => ({
    subject,
    samples: [],
    failures: [],
    repeated: 0,
    shared: 0,
  }))
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    for (const collection of collections) {
      const { subject, samples, failures } = collection
      const plan = subject.plan(condition.name, isQuick)
      if (plan === undefined || failures.length >= MOST_FAILURES) continue
      if ('missing' in plan) {
        failures.push(plan.missing)
        continue
      }
      progress.starts(question, condition, subject.name, repetition)
      const outcome = await measureApart(plan, probe, collection)
      if ('sample' in outcome) samples.push(outcome.sample)
      else failures.push(outcome.failure)
      progress.ended(describe(question, condition, outcome))
    }
  }
  return collections
}

/** Measures while the processors have a core each, as far as that can be had. */
async function measureApart(
  plan: Command,
  probe: CoreProbe,
  collection: Collection,
): Promise<Outcome> {
  for (let repeats = 0; ; repeats++) {
    const wereApart = await probe.waitUntilApart()
    const outcome = await runMeasurement(plan)
    if ('failure' in outcome || (wereApart && !(await probe.isShared()))) return outcome
    if (repeats === MOST_REPEATS) {
      collection.shared++
      return outcome
    }
    collection.repeated++
  }
}

function describe(question: Question, condition: Condition, outcome: Outcome): string {
  if ('failure' in outcome) return outcome.failure
  const value = question.read(outcome.sample, condition.name)
  return value === undefined ? 'measured' : `${value.toPrecision(3)} ${question.unit}`
}

function toCell(question: Question, condition: string, collection: Collection): Cell {
  const values = collection.samples.flatMap((sample) => question.read(sample, condition) ?? [])
  return {
    subject: collection.subject.name,
    condition,
    values,
    samples: collection.samples,
    summary: values.length === 0 ? undefined : summarize(values),
    failure: collection.failures[0],
    failures: collection.failures.length,
    repeated: collection.repeated,
    shared: collection.shared,
  }
}
