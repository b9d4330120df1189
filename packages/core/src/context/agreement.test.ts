import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agree, type Room, type Steps } from './agreement.ts'
import { answer, newsFor, QUESTION_BYTES, type Question } from './question.ts'

/** Who waits for longer than this waits for somebody that may never come. */
const PATIENCE_MS = 1000

type Choose = (count: number) => number

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

  /** @param members all that have joined the channel */
  constructor(threadId: number, members: Party[]) {
    this.#members = members
    const words = new SharedArrayBuffer(QUESTION_BYTES)
    this.#question = { words, candidate: new SharedArrayBuffer(threadId), threadId }
  }

  /** What it may do next; undefined where it has nothing to do but to wait. */
  get move(): (() => void) | undefined {
    if (this.isTerminated) return undefined
    if (this.context !== undefined) return this.#queue.length > 0 ? () => this.#serve() : undefined
    if (this.#steps === undefined) return () => this.#join()
    if (this.#waitsMs === 0 || newsFor(this.#question) !== this.#news) return () => this.#go(false)
    return this.#waitsMs < PATIENCE_MS ? () => this.#go(true) : undefined
  }

  get isPatient(): boolean {
    return !this.isTerminated && this.context === undefined && this.move === undefined
  }

  /** The time of its wait runs out. */
  give(): void {
    this.#go(true)
  }

  terminate(): void {
    this.isTerminated = true
    this.#hasFlag = false
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
    this.context = value
    this.#post({ context: value })
  }

  #serve(): void {
    answer((message) => this.#post(message), this.#queue.shift(), this.context!)
  }
}

/** Lets threads look for a context, their steps in the order chosen; returns what each has found. */
function play(threadIds: readonly number[], choose: Choose, terminated?: number): unknown[] {
  const members: Party[] = []
  const parties = threadIds.map((id) => new Party(id, members))
  for (let steps = 0; ; steps++) {
    if (steps === terminated) parties[choose(parties.length)]!.terminate()
    const moves = parties.flatMap(({ move }) => move ?? [])
    const patient = parties.filter(({ isPatient }) => isPatient)
    if (moves.length > 0) moves[choose(moves.length)]!()
    else if (patient.length > 0) patient[choose(patient.length)]!.give()
    else break
  }
  return parties.filter((party) => !party.isTerminated).map((party) => party.context)
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
        expect(new Set(play(threadIds, orderOf(choices, seed))).size).toBe(1)
      }),
      { numRuns: 5000 },
    )
  })

  it('agree in each of all orders of the first steps of two', () => {
    const FIRST_STEPS = 13
    for (let bits = 0; bits < 2 ** FIRST_STEPS; bits++) {
      const choices = Array.from({ length: FIRST_STEPS }, (_, i) => (bits >>> i) & 1)
      expect(new Set(play([1, 2], orderOf(choices, bits))).size).toBe(1)
    }
  })

  it('all find one when another is terminated at any step', () => {
    fc.assert(
      fc.property(orders, fc.nat(60), ({ choices, seed }, terminated) => {
        const found = play([3, 1, 4, 2], orderOf(choices, seed), terminated)
        expect(found).not.toContain(undefined)
      }),
      { numRuns: 2000 },
    )
  })
})
