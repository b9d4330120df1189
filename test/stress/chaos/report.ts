import type { Book } from './book.ts'
import type { Crowd } from './crowd.ts'
import type { ChaosPattern } from './pattern.ts'

/** What each pattern had, and how the threads ended, for a reader. */
export function report(patterns: readonly ChaosPattern[], book: Book, crowd: Crowd): string {
  const { waiting, calling, elsewhere } = crowd.terminated
  const rows = patterns.map(({ name, roles }, pattern) => {
    const { begun, ended, arrivedInMain, arrivedInThreads } = book.tallyOf(pattern)
    const played = roles.map((_, role) => book.timesPlayed(pattern, role))
    return [name, played.join('+'), begun, ended, arrivedInMain, arrivedInThreads]
  })
  const head = ['', 'played, by role', 'lives', 'ended', 'arrived in main', 'in threads']
  return [
    `chaos: no message waited for a receiver that waited longer than ${book.longestWaitMs} ms`,
    `chaos: ${crowd.started} threads, of which ${waiting} were terminated while they waited, ` +
      `${calling} in the middle of a call, ${elsewhere} elsewhere`,
    ...[head, ...rows].map((row) =>
      row.map((cell, i) => String(cell)[i < 2 ? 'padEnd' : 'padStart'](widths[i]!)).join(' '),
    ),
  ].join('\n')
}

const widths = [16, 36, 8, 8, 16, 12]
