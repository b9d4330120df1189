import { setTimeout as timer } from 'node:timers/promises'
import { context } from '@ringpost/core'
import { expect, it } from 'vitest'
import { announcedSeed, Random } from '../support/random.ts'
import { Book } from './chaos/book.ts'
import { Crowd } from './chaos/crowd.ts'
import { Home } from './chaos/home.ts'
import { patterns } from './chaos/patterns.ts'
import { report } from './chaos/report.ts'
import { Seats } from './chaos/seats.ts'
import { Watchdog } from './chaos/watchdog.ts'

const THREADS = 16
const SECONDS = Number(process.env['RINGPOST_STRESS_SECONDS'] ?? 180)
/** More than are ever begun. */
const LIVES_PER_SECOND = 1024

/**
 * Storms, in which threads are terminated, and calms, in which none is: for after each termination all
 * threads look at all their pipes, and one that has missed a wake-up would not be noticed.
 */
const STORM_MS = 20_000
const CALM_MS = 40_000
const isStorm = (atMs: number): boolean => atMs % (STORM_MS + CALM_MS) < STORM_MS

/** Between two strikes, at most. */
const PAUSE_MS = 300

const seed = announcedSeed('chaos')
const random = new Random(seed)

it(
  'loses, doubles, tears and reorders nothing while threads come, go and are terminated',
  async () => {
    const before = context.memory.usedBytes
    const book = Book.forLives(LIVES_PER_SECOND * SECONDS)
    const seats = Seats.forThreads(THREADS)
    const watchdog = new Watchdog(seats, patterns)
    const home = new Home(seed, book)
    const crowd = new Crowd(random.fork(), book, seats)
    const failures = (): unknown[] => [...crowd.failures, ...home.failures, ...watchdog.failures]

    crowd.begin(THREADS)
    const begin = performance.now()
    const atMs = (): number => performance.now() - begin
    while (atMs() < SECONDS * 1000 && failures().length === 0) {
      await timer(random.below(PAUSE_MS))
      if (isStorm(atMs())) crowd.strike()
      seats.season = (seats.season + 1) % patterns.length
    }

    const inTime = (what: string, done: Promise<void>): Promise<void> =>
      watchdog.inTime(what, done, () => home.told())
    await inTime('the threads to end', crowd.end())
    await inTime('all to be received', home.receiveAll())
    await inTime('what the main thread serves to end', home.close())
    await inTime('what was left at places', home.sweep())
    await watchdog.end()
    console.log(report(patterns, book, crowd))

    expect(failures()).toEqual([])
    expect(book.audit(patterns.map(({ name }) => name))).toEqual([])
    expect(context.memory.usedBytes).toBe(before)
    expect(neverPlayed(book)).toEqual([])
  },
  (SECONDS + 90) * 1000,
)

/** Patterns and roles of which there was nothing. */
function neverPlayed(book: Book): string[] {
  return patterns.flatMap(({ name, roles }, pattern) => {
    const { ended, arrivedInMain, arrivedInThreads } = book.tallyOf(pattern)
    const missing = roles.filter((_, role) => book.timesPlayed(pattern, role) === 0)
    return [
      ...missing.map((role) => `${name}, ${role.name}`),
      ...(ended === 0 ? [`${name}: no life has ended`] : []),
      ...(arrivedInMain + arrivedInThreads === 0 ? [`${name}: nothing has arrived`] : []),
    ]
  })
}
