import { Digest } from './digest.test-support.ts'
import {
  forgetWaiters,
  Running,
  type Party,
  type Scheduler,
  type Stop,
} from './party.test-support.ts'

/**
 * Runs parties that share memory, one access at a time, in every order that can make a difference.
 *
 * - Of two runs that have led to the same memory, and in which each party is at the same place and
 *   knows the same, only one is followed.
 * - An access to a word that no other party ever changes (or, for a store, looks at) can as well
 *   come first. Which words these are shows while exploring; when one turns out to be shared after
 *   all, it all begins anew.
 *
 * A generator cannot be copied: each branch starts from the beginning and repeats the steps that
 * lead to it.
 */
export interface World {
  /** Puts the shared memory into the state that every run begins with. */
  reset(): void
  /** A number for the content of the shared memory. */
  hash(): number
  /** What a word is, and what is in it. */
  describe(byte: number): string
}

export interface Scenario {
  /** The parties of one run, with state of their own. */
  parties(): readonly Party[]
  /** What must hold when every party has ended. @param isDead whether a party was terminated */
  atEnd(isDead: (name: string) => boolean): void
  /** Parties that may be terminated in one run. Default 1. */
  readonly deaths?: number
  /** Whether plain accesses to shared memory are steps too, and not only atomic ones. Default true. */
  readonly stopsAtPlainAccess?: boolean
}

/** The steps of one run: a party's number, or that number's complement to terminate the party. */
type Schedule = readonly number[]

const LONGEST_RUN = 20_000
const MOST_STATES = 400_000

/**
 * Follows every order; throws with the first one in which something is wrong. Where
 * `RINGPOST_SCHEDULE` is set, it follows only that one, and tells every step.
 *
 * @returns how many states there were
 */
export function explore(world: World, scenario: Scenario): number {
  const exploration = new Exploration(world, scenario)
  const replayed = process.env['RINGPOST_SCHEDULE']
  if (replayed === undefined) return exploration.run()
  exploration.follow(replayed.split(',').map(Number), true)
  return 0
}

class Exploration {
  readonly world: World
  readonly scenario: Scenario
  readonly sharing = new Sharing()
  seen = new Set<number>()
  readonly #branches: Schedule[] = []

  constructor(world: World, scenario: Scenario) {
    this.world = world
    this.scenario = scenario
  }

  run(): number {
    do {
      this.seen = new Set()
      this.sharing.wasMistaken = false
      this.#branches.length = 0
      this.#branches.push([])
      while (this.#branches.length > 0 && !this.sharing.wasMistaken) {
        this.follow(this.#branches.pop()!, false)
        if (this.seen.size > MOST_STATES) throw new Error(`more than ${MOST_STATES} states`)
      }
    } while (this.sharing.wasMistaken)
    return this.seen.size
  }

  /** Runs a schedule and goes on to the end, or to a state seen before. */
  follow(schedule: Schedule, isTold: boolean): void {
    this.world.reset()
    forgetWaiters()
    const run = new Run(this, schedule, isTold)
    try {
      run.run()
      this.#branches.push(...run.others)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const order = `RINGPOST_SCHEDULE=${run.taken.join(',')}`
      throw new Error(`${message}\n${run.story()}\n${order}`, { cause: error })
    }
  }
}

/** Who looks at a word, and who changes it, each a bit. */
interface Users {
  readers: number
  writers: number
  /** Those who were let go on because nobody else uses it. */
  trusted: number
}

/** Which words are shared by whom, in all runs so far. */
class Sharing {
  readonly #words = new Map<number, Users>()
  wasMistaken = false

  #of(word: number): Users {
    let users = this.#words.get(word)
    if (users === undefined) {
      users = { readers: 0, writers: 0, trusted: 0 }
      this.#words.set(word, users)
    }
    return users
  }

  note(stop: Stop, party: number): void {
    if (stop.word === undefined) return
    const users = this.#of(stop.word)
    const bit = 1 << party
    const { readers, writers } = users
    if (stop.changes) users.writers |= bit
    else users.readers |= bit
    if (users.writers === writers && users.readers === readers) return
    if ((users.trusted & ~bit) !== 0 && users.writers !== 0) this.wasMistaken = true
  }

  /** Whether it makes no difference for others when this step is taken. */
  isOwn(stop: Stop, party: number): boolean {
    if (stop.word === undefined) return false
    const users = this.#of(stop.word)
    const bit = 1 << party
    const others = stop.changes ? users.readers | users.writers : users.writers
    if ((others & ~bit) !== 0) return false
    users.trusted |= bit
    return true
  }
}

class Run implements Scheduler {
  readonly stopsAtPlainAccess: boolean
  readonly #exploration: Exploration
  readonly #schedule: Schedule
  readonly #isTold: boolean
  readonly #parties: readonly Running[]
  /** What was done, and what could have been done instead. */
  readonly taken: number[] = []
  readonly others: Schedule[] = []
  #deaths: number
  #isOver = false
  /** What is to be done as soon as the party that was asked has stopped. */
  #decided: number | undefined

  constructor(exploration: Exploration, schedule: Schedule, isTold: boolean) {
    this.#exploration = exploration
    this.#schedule = schedule
    this.#isTold = isTold
    const { scenario } = exploration
    this.stopsAtPlainAccess = scenario.stopsAtPlainAccess ?? true
    this.#deaths = scenario.deaths ?? 1
    const parties = scenario.parties()
    const reapers = new Set(parties.map(({ reaper }) => reaper))
    this.#parties = parties.map((party, i) => new Running(party, i, reapers.has(party.name)))
    // What they do before their first access concerns nobody.
    for (const running of this.#parties) {
      if (!running.isReaper && running.party.after === undefined) running.goOn(atFirstStop)
    }
  }

  run(): void {
    while (!this.#isOver) {
      const choice = this.#decided ?? this.#next(undefined)
      this.#decided = undefined
      if (choice === undefined) return
      this.#take(choice)
      if (choice >= 0) this.#parties[choice]!.goOn(this)
    }
  }

  goesOn(running: Running): boolean {
    if (!running.canGoOn) return false
    const choice = this.#next(running)
    if (choice === running.index) this.#take(choice)
    else this.#decided = choice
    return choice === running.index
  }

  /**
   * What comes next; undefined when the run is over.
   *
   * @param asking a party that asks for itself: the answer is its own number, or something else
   */
  #next(asking: Running | undefined): number | undefined {
    if (this.#isOver) return undefined
    if (this.taken.length < this.#schedule.length) return this.#schedule[this.taken.length]
    if (this.#exploration.sharing.wasMistaken) {
      this.#isOver = true
      return undefined
    }
    const free = this.#free(asking)
    if (free !== undefined) return free
    if (!this.#isNew()) {
      this.#isOver = true
      return undefined
    }
    const [next, ...rest] = this.#choices()
    if (next === undefined) this.#end()
    // A party's own turn comes first: who asks need not stop.
    for (const choice of rest) this.others.push([...this.taken, choice])
    return next
  }

  #take(choice: number): void {
    this.taken.push(choice)
    if (this.taken.length > LONGEST_RUN) throw new Error('never ends')
    const running = this.#parties[choice < 0 ? ~choice : choice]!
    if (this.#isTold) this.#tell(running, choice)
    if (choice < 0) {
      this.#deaths--
      running.isDead = true
    } else {
      this.#exploration.sharing.note(running.stop, choice)
    }
  }

  #tell({ party, stop }: Running, choice: number): void {
    const what = choice < 0 ? 'dies' : (stop.operation ?? 'goes on')
    const word = stop.word === undefined ? '' : this.#exploration.world.describe(stop.word)
    console.log(`${party.name}: ${what} ${word}`)
  }

  /** A step that can be taken before all others. */
  #free(asking: Running | undefined): number | undefined {
    const { sharing } = this.#exploration
    const isFree = (running: Running): boolean =>
      this.#canStep(running) && sharing.isOwn(running.stop, running.index)
    if (asking !== undefined && isFree(asking)) return asking.index
    return this.#parties.find(isFree)?.index
  }

  #isNew(): boolean {
    const digest = new Digest()
    digest.mix(this.#exploration.world.hash())
    for (const running of this.#parties) running.addTo(digest)
    const { seen } = this.#exploration
    const { size } = seen
    return seen.add(digest.key).size > size
  }

  /** What can be done now; a step of the party that went last comes first. */
  #choices(): number[] {
    const last = this.taken.at(-1)
    const choices: number[] = []
    for (const running of this.#parties) {
      if (!this.#canStep(running)) continue
      if (running.index === last) choices.unshift(running.index)
      else choices.push(running.index)
    }
    if (this.#deaths === 0) return choices
    for (const running of this.#parties) {
      const canDie = running.party.reaper !== undefined && !running.isOver
      if (canDie && this.#hasBegun(running)) choices.push(~running.index)
    }
    return choices
  }

  #canStep(running: Running): boolean {
    return !running.isOver && this.#hasBegun(running) && running.canGoOn
  }

  #hasBegun({ party: { name, after }, isReaper }: Running): boolean {
    if (isReaper && !this.#parties.some(({ party, isDead }) => isDead && party.reaper === name)) {
      return false
    }
    return after === undefined || after.every((other) => this.#named(other).isOver)
  }

  #named(name: string): Running {
    return this.#parties.find(({ party }) => party.name === name)!
  }

  #end(): void {
    this.#isOver = true
    const waiting = this.#parties.find((running) => !running.isOver && this.#hasBegun(running))
    if (waiting !== undefined) throw new Error(`${waiting.party.name} waits for ever`)
    this.#exploration.scenario.atEnd((name) => this.#named(name).isDead)
  }

  /** Who did how many steps, in turn. */
  story(): string {
    const turns: { who: string; steps: number }[] = []
    for (const choice of this.taken) {
      const name = this.#parties[choice < 0 ? ~choice : choice]!.party.name
      const who = choice < 0 ? `death of ${name}` : name
      const last = turns.at(-1)
      if (last?.who === who) last.steps++
      else turns.push({ who, steps: 1 })
    }
    return `steps: ${turns.map(({ who, steps }) => `${who} ${steps}`).join(', ')}`
  }
}

const atFirstStop: Scheduler = { goesOn: () => false, stopsAtPlainAccess: true }
