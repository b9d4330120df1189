import { workerData } from 'node:worker_threads'
import { Random } from '../../support/random.ts'
import { Book } from './book.ts'
import { hesitate } from './hesitation.ts'
import type { Role } from './pattern.ts'
import { patterns } from './patterns.ts'
import { Player } from './player.ts'
import { Seats } from './seats.ts'

/** What the main thread tells a thread. */
export interface ChaosOrder {
  readonly thread: number
  readonly seed: number
  readonly seat: number
  readonly seats: SharedArrayBuffer
  readonly book: SharedArrayBuffer
  /** Whether it is terminated some day; otherwise it ends only by itself. */
  readonly isMortal: boolean
}

const order = workerData as ChaosOrder
const { isMortal, thread, seed } = order
const random = new Random(seed)
const book = Book.of(order.book)
const seats = Seats.of(order.seats)
const seat = seats.seat(order.seat, thread)

if (random.oneIn(4)) hesitate(new Random(random.fork()))

async function playAll(): Promise<void> {
  for (let rounds = random.between(1, 100); rounds > 0; rounds--) {
    const where = random.oneIn(2) ? 'home' : 'places'
    const pattern = where === 'home' ? random.below(patterns.length) : seats.season
    const player = await play(pattern, draw(pattern, where))
    // Those of the last round are closed when the thread ends, one way or the other.
    if (rounds > 1) await player.close()
    else if (random.oneIn(2)) process.exit()
  }
}

/** One of a pattern's roles; often the one that was played least, so that none is missed. */
function draw(pattern: number, where: Role['where']): number {
  const { roles } = patterns[pattern]!
  // Who plays without an end has to be terminated.
  const isPossible = (role: Role): boolean =>
    role.where === where && (isMortal || role.isEndless !== true)
  const possible = [...roles.keys()].filter((number) => isPossible(roles[number]!))
  if (!random.oneIn(4)) return random.pick(possible)
  const times = possible.map((number) => book.timesPlayed(pattern, number))
  return possible[times.indexOf(Math.min(...times))]!
}

async function play(pattern: number, roleNumber: number): Promise<Player> {
  const { name, roles } = patterns[pattern]!
  const role = roles[roleNumber]!
  seat.plays(pattern, roleNumber)
  book.playing(pattern, roleNumber)
  const own = { random: new Random(random.fork()), seat, isMain: false, isMortal }
  const player = new Player({ ...own, book, pattern, patternName: name })
  try {
    await role.play(player)
  } catch (error) {
    const who = `thread ${thread} (seed ${seed}), ${name}, ${role.name}`
    throw new Error(`${who}: ${(error as Error).stack}`, { cause: error })
  }
  return player
}

// Not awaited: Node.js 20 and 22 abort now and then when a thread is terminated in the moment in which
// it begins a module with an await at its top level. A rejection is an error of the worker all the same.
void playAll()
