import { Digest } from './digest.test-support.ts'

/** What a party stops for: an access to a word of shared memory, or something to become true. */
export interface Stop {
  /** The word's byte in its memory. */
  readonly word?: number
  readonly changes?: boolean
  readonly operation?: string
  readonly isTrue?: () => boolean
}

/** A party's running code. `R` is what it returns. */
export type Process<R = void> = Generator<Stop, R>

export interface Party {
  readonly name: string
  run(): Process
  /** What it knows besides what its own code has been given: objects that live as long as it does. */
  readonly state?: readonly unknown[]
  /** It may be terminated before any of its steps; then this party begins, to clean up. */
  readonly reaper?: string
  /** It begins only when these have ended. */
  readonly after?: readonly string[]
}

/** Who decides which party goes on. */
export interface Scheduler {
  /** Whether the party that has come to a stop goes on at once. */
  goesOn(running: Running): boolean
  /** Whether plain accesses to shared memory are stops. */
  readonly stopsAtPlainAccess: boolean
}

const START: Stop = { operation: 'begins' }

/** A party of one run. */
export class Running {
  readonly party: Party
  /** Its place among the parties. */
  readonly index: number
  readonly isReaper: boolean
  readonly #process: Process
  /** What its own code has been given by calls and accesses. */
  readonly #given = new Digest()
  /** Where the library's code has stopped that it has called: the calls within calls. */
  readonly calls: Call[] = []
  isDone = false
  isDead = false
  /** What it does when it goes on. */
  stop: Stop = START
  /** Work for its event loop. */
  readonly tasks: (() => unknown)[] = []

  constructor(party: Party, index: number, isReaper: boolean) {
    this.party = party
    this.index = index
    this.isReaper = isReaper
    this.#process = party.run()
  }

  get isOver(): boolean {
    return this.isDone || this.isDead
  }

  get canGoOn(): boolean {
    return this.stop.isTrue?.() ?? true
  }

  /** Goes on until the scheduler wants another party to. */
  goOn(by: Scheduler): void {
    current = this
    scheduler = by
    try {
      this.isDone = this.#process.next().done === true
    } finally {
      current = scheduler = undefined
    }
  }

  /** Its own code goes on, with this value. */
  give(value: unknown): void {
    this.#given.add(value)
  }

  forget(): void {
    this.#given.reset()
  }

  /** Adds what it knows and where it is to a state. */
  addTo(state: Digest): void {
    state.mix((this.isDead ? 1 : 0) + (this.isDone ? 2 : 0) + this.calls.length * 4)
    // A party that has ended knows nothing any more.
    if (this.isOver) return
    state.mix(this.#given.low)
    state.mix(this.#given.high)
    state.mix(this.tasks.length)
    state.add(this.party.state)
    for (const { at, known, values } of this.calls) {
      state.mix(at)
      state.add(known())
      state.add(values)
    }
  }
}

/** A call that has not returned: its place in the source, and what is known there. */
interface Call {
  readonly at: number
  known(): unknown[]
  readonly values: readonly unknown[]
}

let current: Running | undefined
let scheduler: Scheduler | undefined
/** Who sleeps, or will be told, at which word. */
let waiters: { word: number; wake: () => void }[] = []

/** Forgets who waited in the run before. */
export function forgetWaiters(): void {
  waiters = []
}

function* pause(stop: Stop): Process {
  if (current === undefined || scheduler === undefined) {
    if (stop.isTrue?.() === false) throw new Error('waits where nobody can wake it')
    return
  }
  current.stop = stop
  if (!scheduler.goesOn(current)) yield stop
}

/** A generator's value, where a call of the library may have returned a generator. */
export function* call<T>(value: T): Process<T> {
  if (!isGenerator(value)) return value
  const result = (yield* value) as T
  current?.give(result)
  return result
}

/** Runs a call of the library without a stop: outside of parties, or as one step. */
export function now<T>(value: T): T {
  if (!isGenerator(value)) return value
  const before = scheduler
  scheduler = undefined
  try {
    const { done, value: result } = value.next()
    if (done !== true) throw new Error('stops where it must not')
    return result as T
  } finally {
    scheduler = before
  }
}

/** One atomic operation of a party itself. */
export function* atomic(
  operation: 'load' | 'store' | 'exchange' | 'wait' | 'notify' | 'add',
  words: Int32Array,
  index: number,
  ...operands: number[]
): Process<unknown> {
  const result = yield* atomicStep(operation, words, index, ...operands)
  current?.give(result)
  return result
}

/** Runs what comes for the party's event loop until `isDone`. */
export function* eventLoop(isDone: () => boolean): Process {
  const { tasks } = current!
  for (;;) {
    while (tasks.length > 0) yield* call(tasks.shift()!())
    if (isDone()) return
    yield* pause({ isTrue: () => tasks.length > 0, operation: 'waits for a task' })
  }
}

/**
 * Says that from here on nothing matters of what the party's own code has been given but these
 * values: runs that have come to the same in different ways need not all be followed.
 */
export function settle(...values: unknown[]): void {
  current?.forget()
  current?.give(values)
}

const Generator = function () {} as unknown as new () => Process<unknown>
Generator.prototype = Object.getPrototypeOf(function* () {}).prototype

const isGenerator = (value: unknown): value is Process<unknown> => value instanceof Generator

const byteOf = (words: Int32Array, index: number): number => words.byteOffset + index * 4

function* atomicStep(
  operation: string,
  words: Int32Array,
  index: number,
  ...operands: number[]
): Process<unknown> {
  yield* pause({ word: byteOf(words, index), changes: operation !== 'load', operation })
  if (operation === 'wait') return yield* wait(words, index, operands[0]!)
  return perform(operation, words, index, operands)
}

type Operations = Record<
  string,
  (words: Int32Array, index: number, ...operands: number[]) => number
>

function perform(operation: string, words: Int32Array, index: number, operands: number[]): unknown {
  if (operation === 'notify') return notify(byteOf(words, index))
  if (operation === 'waitAsync') return waitAsync(words, index, operands[0]!)
  return (Atomics as unknown as Operations)[operation]!(words, index, ...operands)
}

function* wait(words: Int32Array, index: number, value: number): Process<string> {
  if (words[index] !== value) return 'not-equal'
  let isAwake = false
  waiters.push({ word: byteOf(words, index), wake: () => void (isAwake = true) })
  const sleep = pause({ isTrue: () => isAwake, operation: 'is woken' })
  yield* within(0, () => [isAwake], [], sleep)
  return 'ok'
}

function waitAsync(words: Int32Array, index: number, value: number): object {
  if (words[index] !== value) return { async: false, value: 'not-equal' }
  const { tasks } = current!
  let told: (() => unknown) | undefined
  waiters.push({ word: byteOf(words, index), wake: () => void tasks.push(() => told?.()) })
  return { async: true, value: { then: (tell: () => unknown) => void (told = tell) } }
}

function notify(word: number): number {
  const woken = waiters.filter((waiter) => waiter.word === word)
  waiters = waiters.filter((waiter) => waiter.word !== word)
  for (const { wake } of woken) wake()
  return woken.length
}

/** Runs a part of the library's code, and says what is known where it was called. */
function* within(
  at: number,
  known: () => unknown[],
  values: unknown[],
  part: Process<unknown>,
): Process<unknown> {
  const calls = current?.calls
  calls?.push({ at, known, values })
  try {
    const result = yield* part
    values.push(result)
    return result
  } finally {
    calls?.pop()
  }
}

const isStop = (words: Int32Array): boolean =>
  words.buffer instanceof SharedArrayBuffer && scheduler?.stopsAtPlainAccess === true

/** What the modules of `loadStepwise` call. */
export const runtime = {
  $atomic: atomicStep,
  *$load(words: Int32Array, index: number): Process<unknown> {
    if (isStop(words)) {
      yield* pause({ word: byteOf(words, index), changes: false, operation: 'read' })
    }
    return words[index]
  },
  *$store(words: Int32Array, index: number, value: number): Process<number> {
    if (isStop(words)) {
      yield* pause({ word: byteOf(words, index), changes: true, operation: 'write' })
    }
    return (words[index] = value)
  },
  $now: now,
  $isGenerator: isGenerator,
  $within: within,
  *$map(array: readonly unknown[], callback: (...given: unknown[]) => unknown): Process<unknown[]> {
    const results: unknown[] = []
    for (const [i, value] of array.entries()) results.push(yield* call(callback(value, i, array)))
    return results
  },
  *$some(array: readonly unknown[], callback: (value: unknown) => unknown): Process<boolean> {
    for (const value of array) if (yield* call(callback(value))) return true
    return false
  },
  /** By insertion: what is compared are words of shared memory. */
  *$sort(array: unknown[], compare: (a: unknown, b: unknown) => number): Process<unknown[]> {
    for (let end = 1; end < array.length; end++) {
      for (let i = end; i > 0; i--) {
        if ((yield* call(compare(array[i - 1], array[i]))) <= 0) break
        ;[array[i - 1], array[i]] = [array[i], array[i - 1]]
      }
    }
    return array
  },
  /** What is done after one that is settled. */
  Promise: { resolve: () => ({ then: (task: () => unknown) => void current?.tasks.push(task) }) },
  process: { nextTick: (task: () => unknown) => void current?.tasks.push(task) },
  // Time does not pass.
  setTimeout: () => ({ unref: () => undefined }),
  clearTimeout: () => undefined,
}
