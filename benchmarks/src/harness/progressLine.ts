import type { Progress } from './measureQuestion.ts'
import type { Condition, Question } from './question.ts'

/** Shows on the error output what is being measured, and each value as it comes. */
export class ProgressLine implements Progress {
  readonly #repetitions: number
  readonly #startedMs = performance.now()
  #measured = 0
  #current = ''
  /** An upper bound: cells that a subject leaves out are not known beforehand. */
  readonly #most: number

  constructor(questions: readonly Question[], repetitions: number) {
    this.#repetitions = repetitions
    this.#most = questions
      .map(({ conditions, subjects, areReadings }) =>
        areReadings ? subjects.length : subjects.length * conditions.length,
      )
      .reduce((sum, count) => sum + count * repetitions, 0)
  }

  starts(question: Question, condition: Condition, subject: string, repetition: number): void {
    this.#measured++
    const seconds = ((performance.now() - this.#startedMs) / 1000).toFixed(0).padStart(4)
    const where = `${question.name}, ${condition.title}, ${subject}`
    const turn = this.#repetitions === 1 ? '' : ` ${repetition}/${this.#repetitions}`
    this.#current = `${seconds} s  ${this.#measured} of at most ${this.#most}  ${where}${turn}`
    if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${this.#current} …`)
  }

  ended(result: string): void {
    const start = process.stderr.isTTY ? '\r\u001B[K' : ''
    process.stderr.write(`${start}${this.#current}: ${result}\n`)
  }
}
