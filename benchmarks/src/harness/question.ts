/**
 * What a benchmark is made of.
 *
 * A question is one table: subjects (rows) measured under conditions (columns). Each cell is measured
 * several times, each time in a fresh process, which prints one line of JSON: the sample.
 */

/** The numbers that a measured process prints. */
export type Sample = Readonly<Record<string, number | string>>

/** A process to start for one measurement. */
export interface Command {
  readonly executable: string
  readonly arguments: readonly string[]
}

/** What a subject does under a condition: a process to run, or why it cannot be measured here. */
export type Plan = Command | { readonly missing: string }

export interface Condition {
  /** Short and without spaces: the name of the column in the JSON results. */
  readonly name: string
  readonly title: string
}

export interface Subject {
  readonly name: string
  /** Undefined where the subject has nothing to say under this condition. */
  plan(condition: string, isQuick: boolean): Plan | undefined
}

/**
 * A promise to keep. The best of `ours` is compared, per condition, with the best of `theirs` (as a ratio)
 * or, where `theirs` is left out, with the limit itself in the unit of the question.
 */
export interface Target {
  readonly title: string
  readonly ours: readonly string[]
  readonly theirs?: readonly string[]
  readonly conditions: readonly string[]
  readonly atLeast?: number
  readonly atMost?: number
}

export interface Question {
  /** The argument of `pnpm bench` that runs it alone. */
  readonly name: string
  readonly title: string
  /** What is measured and how, in a few sentences for the reader of the table. */
  readonly method: string
  readonly unit: string
  readonly isHigherBetter: boolean
  readonly conditions: readonly Condition[]
  readonly subjects: readonly Subject[]
  /** Pairs of subjects whose ratios are shown below the table; an empty list shows none. */
  readonly ratios: readonly Ratio[]
  readonly targets: readonly Target[]
  /** The table has a row for each condition and a column for each subject, and the ratios beside them. */
  readonly areRowsConditions?: true
  /** The conditions are several readings of one and the same measurement. */
  readonly areReadings?: true
  /** The value of a sample, in the unit of the question; undefined where it has none. */
  read(sample: Sample, condition: string): number | undefined
}

/** The best of `theirs`, under the name that the ratio table gives them, and whom it is set against. */
interface Ratio {
  readonly against: string
  readonly theirs: readonly string[]
  readonly ours: readonly string[]
}

/** A number of a sample; a process that does not print it has broken its contract. */
export function numberOf(sample: Sample, name: string): number {
  const value = sample[name]
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new Error(`a sample without the number ${name}: ${JSON.stringify(sample)}`)
  }
  return value
}
