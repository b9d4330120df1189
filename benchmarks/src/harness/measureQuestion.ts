import { runMeasurement } from './measuredProcess.ts'
import type { Condition, Question, Sample, Subject } from './question.ts'
import { summarize, type Summary } from './statistics.ts'

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
}

interface Collection {
  readonly subject: Subject
  readonly samples: Sample[]
  readonly failures: string[]
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
): Promise<Cell[]> {
  const cells: Cell[] = []
  for (const condition of question.conditions) {
    const collections = question.subjects.map((subject): Collection => ({
      subject,
      samples: [],
      failures: [],
    }))
    for (let repetition = 1; repetition <= repetitions; repetition++) {
      for (const collection of collections) {
        const plan = collection.subject.plan(condition.name, isQuick)
        if (plan === undefined) continue
        if ('missing' in plan) {
          collection.failures.push(plan.missing)
          continue
        }
        progress.starts(question, condition, collection.subject.name, repetition)
        const outcome = await runMeasurement(plan)
        if ('sample' in outcome) collection.samples.push(outcome.sample)
        else collection.failures.push(outcome.failure)
        progress.ended(
          'sample' in outcome
            ? `${question.read(outcome.sample, condition.name).toPrecision(3)} ${question.unit}`
            : outcome.failure,
        )
      }
    }
    for (const collection of collections) cells.push(toCell(question, condition, collection))
  }
  return cells
}

function toCell(question: Question, condition: Condition, collection: Collection): Cell {
  const values = collection.samples.map((sample) => question.read(sample, condition.name))
  return {
    subject: collection.subject.name,
    condition: condition.name,
    values,
    samples: collection.samples,
    summary: values.length === 0 ? undefined : summarize(values),
    failure: collection.failures[0],
    failures: collection.failures.length,
  }
}
