import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agree, type Room, type Steps } from './agreement.ts'
import { answer, newsFor, QUESTION_BYTES, type Question } from './question.ts'

/** Who waits for longer than this waits for somebody that may never come. */
const PATIENCE_MS = 1000

type Choose = (count: number) => number

/** Of all threads. */
let clock = 0

/** A thread that looks for the context: it joins, asks, agrees, and answers others from then on. */
class Party {
  readonly #question: Question
  readonly #members: Party[]
  readonly #queue: unknown[] = []
  #steps: Steps | undefined
  #waitsMs = 0
  #news = 0
  #hasFlag = false
  context: SharedArrayBuffer | undefined
  isTerminated = false
  /** It has a context, and answers nobody. */
  isBlocked = false
  hasGivenUp = false

  /** @param members all that have joined the channel */
  constructor(threadId: number, members: Party[]) {
    this.#members = members
    const words = new SharedArrayBuffer(QUESTION_BYTES)
    this.#question = { words, candidate: new SharedArrayBuffer(threadId), threadId }
  }

  /** What it may do next; undefined where it has nothing to do but to wait. */
  get move(): (() => void) | undefined {
    if (this.isTerminated || this.isBlocked || this.hasGivenUp) return undefined
    if (this.context !== undefined) return this.#queue.length > 0 ? () => this.#serve() : undefined
    if (this.#steps === undefined) return () => this.#join()
    if (this.#waitsMs === 0 || newsFor(this.#question) !== this.#news) return () => this.#go(false)
    return this.#waitsMs < PATIENCE_MS ? () => this.#go(true) : undefined
  }

  get isPatient(): boolean {
    const isDone = this.isTerminated || this.hasGivenUp || this.context !== undefined
    return !isDone && this.move === undefined
  }

  /** The time of its wait runs out. */
  give(): void {
    this.#go(true)
  }

  terminate(): void {
    this.isTerminated = true
    this.#hasFlag = false
  }

  get hasFlag(): boolean {
    return this.#hasFlag
  }

  /** It has got its context before the others came, and is blocked from then on. */
  block(): void {
    this.#join()
    this.#hasFlag = true
    this.context = this.#question.candidate
    this.isBlocked = true
  }

  #join(): void {
    this.#members.push(this)
    const room: Room = {
      isMainThread: false,
      post: (message) => this.#post(message),
      messages: () => this.#queue.splice(0),
      raise: () => {
        this.#hasFlag = true
        return !this.#members.some((member) => member !== this && member.#hasFlag)
      },
      now: () => BigInt(++clock),
    }
    this.#steps = agree(room, this.#question)
  }

  #post(message: object): boolean {
    const others = this.#members.filter((member) => member !== this && !member.isTerminated)
    for (const other of others) other.#queue.push(message)
    return others.length > 0
  }

  #go(isOver: boolean): void {
    this.#news = newsFor(this.#question)
    const { done, value } = this.#steps!.next(isOver)
    if (done !== true) {
      this.#waitsMs = value
      return
    }
    if (value === undefined) {
      this.hasGivenUp = true
      return
    }
    this.context = value
    this.#post({ context: value })
  }

  #serve(): void {
    answer((message) => this.#post(message), this.#queue.shift(), this.context!)
  }
}

interface Course {
  /** After so many steps one of them, or the one that is blocked, is terminated. */
  readonly terminated?: number
  /** Another thread has a context, and is blocked. */
  readonly isHeld?: boolean
}

/** Lets threads look for a context, their steps in the order chosen; returns what each has found. */
function play(
  threadIds: readonly number[],
  choose: Choose,
  { terminated, isHeld = false }: Course = {},
): { found: unknown[]; hadFlag: boolean } {
  const members: Party[] = []
  const holder = new Party(0, members)
  if (isHeld) holder.block()
  const parties = threadIds.map((id) => new Party(id, members))
  let hadFlag = false
  for (let steps = 0; ; steps++) {
    if (steps === terminated) {
      const party = isHeld ? holder : parties[choose(parties.length)]!
      hadFlag = party.hasFlag
      party.terminate()
    }
    const moves = parties.flatMap(({ move }) => move ?? [])
    const patient = parties.filter(({ isPatient }) => isPatient)
    if (moves.length > 0) moves[choose(moves.length)]!()
    else if (patient.length > 0) patient[choose(patient.length)]!.give()
    else break
  }
  const found = parties.filter((party) => !party.isTerminated).map((party) => party.context)
  return { found, hadFlag }
}

/** First as given, then as a small generator has it. */
function orderOf(choices: readonly number[], seed: number): Choose {
  let at = 0
  let state = seed
  return (count) => {
    if (at < choices.length) return choices[at++]! % count
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 16) % count
  }
}

const orders = fc.record({
  choices: fc.array(fc.nat(1000), { maxLength: 200 }),
  seed: fc.nat(),
})

describe('threads that look for a context at the same time', () => {
  it('agree, whatever the order of their steps', () => {
    const threads = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(threads, orders, (threadIds, { choices, seed }) => {
        const { found } = play(threadIds, orderOf(choices, seed))
        expect(found).not.toContain(undefined)
        expect(new Set(found).size).toBe(1)
      }),
      { numRuns: 5000 },
    )
  })

  it('agree in each of all orders of the first steps of two', () => {
    const FIRST_STEPS = 13
    for (let bits = 0; bits < 2 ** FIRST_STEPS; bits++) {
      const choices = Array.from({ length: FIRST_STEPS }, (_, i) => (bits >>> i) & 1)
      const { found } = play([1, 2], orderOf(choices, bits))
      expect(found).not.toContain(undefined)
      expect(new Set(found).size).toBe(1)
    }
  })

  it('all find one when another is terminated at any step; who had its flag raised may be missed', () => {
    fc.assert(
      fc.property(orders, fc.nat(60), ({ choices, seed }, terminated) => {
        const { found, hadFlag } = play([3, 1, 4, 2], orderOf(choices, seed), { terminated })
        expect(found.includes(undefined) && !hadFlag).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  it('all give up, and none settles, while one that has a context is blocked', () => {
    const threads = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(threads, orders, (threadIds, { choices, seed }) => {
        const { found } = play(threadIds, orderOf(choices, seed), { isHeld: true })
        expect(found).toEqual(threadIds.map(() => undefined))
      }),
      { numRuns: 5000 },
    )
  })

  it('one that looks alone finds one when the blocked one is terminated before it has given up', () => {
    fc.assert(
      fc.property(orders, fc.nat(5), ({ choices, seed }, terminated) => {
        const { found } = play([1], orderOf(choices, seed), { isHeld: true, terminated })
        expect(found).not.toContain(undefined)
      }),
    )
  })
})
