import type { Cell } from './measureQuestion.ts'
import type { Question, Target } from './question.ts'

/** Whether a target was met under one condition; `undefined` where a side could not be measured. */
export interface Verdict {
  readonly title: string
  readonly condition: string
  readonly isMet: boolean | undefined
  readonly value: number | undefined
  readonly wanted: string
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
  const ours = bestMedian(question, cells, target.ours, condition)
  const theirs =
    target.theirs === undefined ? 1 : bestMedian(question, cells, target.theirs, condition)
  if (ours === undefined || theirs === undefined) {
    return { title: target.title, condition: title, isMet: undefined, value: undefined, wanted }
  }
  const value = ours / theirs
  const isMet =
    (target.atLeast === undefined || value >= target.atLeast) &&
    (target.atMost === undefined || value <= target.atMost)
  return { title: target.title, condition: title, isMet, value, wanted }
}
