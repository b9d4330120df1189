import type { Cell } from './measureQuestion.ts'
import type { Question, Target } from './question.ts'

/** Whether a target was met under one condition; `undefined` where a side could not be measured. */
export interface Verdict {
  readonly title: string
  readonly condition: string
  readonly isMet: boolean | undefined
  /** Of ours to the peer's, or ours itself. */
  readonly value: number | undefined
  readonly wanted: string
  /** What the value is the ratio of, in the unit of the question; undefined where it is no ratio. */
  readonly medians: readonly [ours: number, theirs: number] | undefined
  readonly unit: string
}

export function judge(question: Question, cells: readonly Cell[]): Verdict[] {
  return question.targets.flatMap((target) =>
    target.conditions.map((condition) => judgeOne(question, cells, target, condition)),
  )
}

/** The best median of several subjects under a condition. */
export function bestMedian(
  question: Question,
  cells: readonly Cell[],
  subjects: readonly string[],
  condition: string,
): number | undefined {
  const medians = cells
    .filter((cell) => cell.condition === condition && subjects.includes(cell.subject))
    .flatMap((cell) => (cell.summary === undefined ? [] : [cell.summary.median]))
  if (medians.length === 0) return undefined
  return question.isHigherBetter ? Math.max(...medians) : Math.min(...medians)
}

function judgeOne(
  question: Question,
  cells: readonly Cell[],
  target: Target,
  condition: string,
): Verdict {
  const unit = target.theirs === undefined ? ` ${question.unit}` : ' ×'
  const wanted =
    target.atLeast === undefined ? `≤ ${target.atMost}${unit}` : `≥ ${target.atLeast}${unit}`
  const title =
    question.conditions.find((candidate) => candidate.name === condition)?.title ?? condition
  const verdict = { title: target.title, condition: title, wanted, unit: question.unit }
  const ours = bestMedian(question, cells, target.ours, condition)
  const theirs =
    target.theirs === undefined ? 1 : bestMedian(question, cells, target.theirs, condition)
  if (ours === undefined || theirs === undefined) {
    return { ...verdict, isMet: undefined, value: undefined, medians: undefined }
  }
  const value = ours / theirs
  const medians = target.theirs === undefined ? undefined : ([ours, theirs] as const)
  const isMet =
    (target.atLeast === undefined || value >= target.atLeast) &&
    (target.atMost === undefined || value <= target.atMost)
  return { ...verdict, isMet, value, medians }
}
