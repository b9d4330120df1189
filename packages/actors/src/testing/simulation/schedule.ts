import { ActorError } from '../../errors.ts'
import { Random } from './random.ts'

/** What names a schedule, so that it can be replayed: a seed, or the choices that were made. */
export type ScheduleName = number | readonly number[]

/** What may come next. */
export interface Candidate {
  /** From 0 to 1; what a schedule favours has a higher one. */
  priority: number
}

/** Decides what comes next, and everything else in a run that is left to chance. */
export interface Schedule {
  readonly name: ScheduleName
  /** Which of the candidates comes next: its index. */
  choose(candidates: readonly Candidate[]): number
  /** A whole number from 0 up to, but not including, the limit. */
  draw(limit: number): number
  /** From 0 up to 1, for what no run should depend on. */
  random(): number
}

/** A schedule that favours some candidates leaves that once in so many times. */
const RARE = 16

/**
 * A schedule that follows from a seed. Half of all seeds give every candidate the same chance; the others
 * favour some, so that one that is out of favour may be late by many steps, which chance alone would hardly
 * ever bring about.
 */
export class SeededSchedule implements Schedule {
  readonly name: number
  readonly #random: Random
  readonly #hasFavourites: boolean

  constructor(seed: number) {
    if (!Number.isSafeInteger(seed))
      throw new ActorError('EINVAL', `A seed is a whole number, not ${String(seed)}`)
    this.name = seed
    this.#random = new Random(seed)
    this.#hasFavourites = this.#random.below(2) === 1
  }

  choose(candidates: readonly Candidate[]): number {
    if (candidates.length === 1) return 0
    if (!this.#hasFavourites) return this.#random.below(candidates.length)
    if (this.#random.below(RARE) > 0) return favourite(candidates)
    const index = this.#random.below(candidates.length)
    candidates[index]!.priority = this.#random.next()
    return index
  }

  draw(limit: number): number {
    return this.#random.below(limit)
  }

  random(): number {
    return this.#random.next()
  }
}

function favourite(candidates: readonly Candidate[]): number {
  let best = 0
  for (let index = 1; index < candidates.length; index++)
    if (candidates[index]!.priority > candidates[best]!.priority) best = index
  return best
}

interface Choice {
  readonly choice: number
  readonly of: number
}

/** A schedule that makes the choices of a list, and where that ends always the first one. */
export class ListedSchedule implements Schedule {
  readonly #list: readonly Choice[]
  readonly #made: Choice[] = []
  readonly #random = new Random(0)

  /** @param choices as `name` gives them, or of what `following` has returned */
  constructor(choices: readonly (number | Choice)[] = []) {
    this.#list = choices.map((choice) =>
      typeof choice === 'number' ? { choice, of: Infinity } : choice,
    )
  }

  /** Up to the last choice that is not the first: what follows is the same anyway. */
  get name(): readonly number[] {
    const last = this.#made.findLastIndex(({ choice }) => choice > 0)
    return this.#made.slice(0, last + 1).map(({ choice }) => choice)
  }

  choose(candidates: readonly Candidate[]): number {
    return this.draw(candidates.length)
  }

  draw(limit: number): number {
    if (limit <= 1) return 0
    const { choice, of } = this.#list[this.#made.length] ?? { choice: 0, of: limit }
    if (choice >= limit || (of !== limit && of !== Infinity))
      throw new ActorError(
        'EINVAL',
        `The scenario does not replay: choice ${this.#made.length} is one of ${limit}, and was another`,
      )
    this.#made.push({ choice, of: limit })
    return choice
  }

  random(): number {
    return this.#random.next()
  }

  /** The choices of the next schedule, where all are tried one after the other; undefined: this was the last. */
  following(): readonly Choice[] | undefined {
    const at = this.#made.findLastIndex(({ choice, of }) => choice + 1 < of)
    if (at < 0) return undefined
    const { choice, of } = this.#made[at]!
    return [...this.#made.slice(0, at), { choice: choice + 1, of }]
  }
}
