import { Digest } from './digest.test-support.ts'
import { Running, type Party, type Stop } from './party.test-support.ts'

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
}

/** The steps of one run: a party's number, or that number's complement to terminate the party. */
type Schedule = readonly number[]

const LONGEST_RUN = 20_000
const MOST_STATES = 300_000

/**
 * Follows every order; throws with the first one in which something is wrong. Where
 * `RINGPOST_SCHEDULE` is set, it follows only that one.
 *
 * @returns how many states there were
 */
export function explore(world: World, scenario: Scenario): number {
  const sharing = new Sharing()
  const replayed = process.env['RINGPOST_SCHEDULE']
  if (replayed !== undefined) {
    replay(world, scenario, replayed.split(',').map(Number))
    return 0
  }
  for (;;) {
    const seen = new Set<number>()
    const branches: Schedule[] = [[]]
    sharing.wasMistaken = false
    while (branches.length > 0 && !sharing.wasMistaken) {
      branches.push(...follow(world, scenario, branches.pop()!, seen, sharing))
      if (seen.size > MOST_STATES) throw new Error(`more than ${MOST_STATES} states`)
    }
    if (!sharing.wasMistaken) return seen.size
  }
}

/** Shows every step of a schedule, with the word that it was about and what was in it then. */
function replay(world: World, scenario: Scenario, schedule: Schedule): void {
  world.reset()
  const run = new Run(scenario, new Sharing())
  for (const choice of schedule) {
    const { who, stop } = run.next(choice)
    run.take(choice)
    const word = stop.word === undefined ? '' : world.describe(stop.word)
    console.log(choice < 0 ? `death of ${who}` : `${who}: ${stop.operation ?? 'goes on'} ${word}`)
  }
  if (run.choices().length === 0) run.checkEnd()
}

/** Runs a schedule and goes on to the end, or to a state seen before; returns what else could be done. */
function follow(
  world: World,
  scenario: Scenario,
  schedule: Schedule,
  seen: Set<number>,
  sharing: Sharing,
): readonly Schedule[] {
  world.reset()
  const run = new Run(scenario, sharing)
  const others: Schedule[] = []
  try {
    for (const choice of schedule) run.take(choice)
    while (!sharing.wasMistaken) {
      const free = run.freeChoice()
      if (free !== undefined) {
        run.take(free)
        continue
      }
      const key = run.key(world.hash())
      if (seen.has(key)) return others
      seen.add(key)
      const [next, ...rest] = run.choices()
      if (next === undefined) {
        run.checkEnd()
        return others
      }
      for (const choice of rest) others.push([...run.taken, choice])
      run.take(next)
    }
    return others
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`${message}\n${run.story()}\nRINGPOST_SCHEDULE=${run.taken.join(',')}`, {
      cause: error,
    })
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
    const before = users.readers | users.writers
    const beforeWriters = users.writers
    if (stop.changes) users.writers |= bit
    else users.readers |= bit
    if (users.writers === beforeWriters && (users.readers | users.writers) === before) return
    if ((users.trusted & ~bit) !== 0 && users.writers !== 0) this.wasMistaken = true
  }

  /** Whether it makes no difference for others when this step is taken. */
  isOwn(stop: Stop, party: number): boolean {
    if (stop.word === undefined || stop.isTrue !== undefined) return false
    const users = this.#of(stop.word)
    const others = ~(1 << party)
    const isOwn = ((stop.changes ? users.readers | users.writers : users.writers) & others) === 0
    if (isOwn) users.trusted |= 1 << party
    return isOwn
  }
}

class Run {
  readonly #scenario: Scenario
  readonly #sharing: Sharing
  readonly #parties: readonly Running[]
  readonly taken: number[] = []
  #deaths: number

  constructor(scenario: Scenario, sharing: Sharing) {
    this.#scenario = scenario
    this.#sharing = sharing
    this.#deaths = scenario.deaths ?? 1
    const parties = scenario.parties()
    const reapers = new Set(parties.map(({ reaper }) => reaper))
    Running.beginAll()
    this.#parties = parties.map((party) => new Running(party, reapers.has(party.name)))
  }

  /** Who would go, and what it would do. */
  next(choice: number): { who: string; stop: Stop } {
    const { party, stop } = this.#parties[choice < 0 ? ~choice : choice]!
    return { who: party.name, stop }
  }

  take(choice: number): void {
    this.taken.push(choice)
    if (this.taken.length > LONGEST_RUN) throw new Error('never ends')
    if (choice < 0) {
      this.#deaths--
      this.#parties[~choice]!.isDead = true
      return
    }
    const running = this.#parties[choice]!
    this.#sharing.note(running.stop, choice)
    running.step()
  }

  /** A step that can be taken before all others. */
  freeChoice(): number | undefined {
    const choice = this.#parties.findIndex(
      (running, i) => this.#canStep(running) && this.#sharing.isOwn(running.stop, i),
    )
    return choice < 0 ? undefined : choice
  }

  /** What can be done now; a step of the party that went last comes first. */
  choices(): number[] {
    const last = this.taken.at(-1)
    const choices: number[] = []
    this.#parties.forEach((running, i) => {
      if (!this.#canStep(running)) return
      if (i === last) choices.unshift(i)
      else choices.push(i)
    })
    if (this.#deaths === 0) return choices
    this.#parties.forEach((running, i) => {
      const canDie = running.party.reaper !== undefined && !running.isOver
      if (canDie && this.#hasBegun(running)) choices.push(~i)
    })
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

  key(memory: number): number {
    const digest = new Digest()
    digest.mix(memory)
    for (const running of this.#parties) running.addTo(digest)
    return digest.key
  }

  checkEnd(): void {
    const waiting = this.#parties.find((running) => !running.isOver && this.#hasBegun(running))
    if (waiting !== undefined) throw new Error(`${waiting.party.name} waits for ever`)
    this.#scenario.atEnd((name) => this.#named(name).isDead)
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
