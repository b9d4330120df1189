import { progress } from '@clack/prompts'

/** Shows how far a run has come. */
export interface Progress {
  update(bytesDone: number): void
  /** Ends the display: something else will be said. */
  end(): void
}

const NARROWEST_COLUMNS = 40

/** A bar on a terminal; otherwise one line on stderr for each quarter done. */
export function showProgress(title: string, totalBytes: number): Progress {
  const { isTTY, columns } = process.stderr
  // A terminal that does not say how wide it is would get one character a line.
  return isTTY && columns >= NARROWEST_COLUMNS ? bar(title, totalBytes) : lines(title, totalBytes)
}

function bar(title: string, totalBytes: number): Progress {
  const display = progress({
    // Of nothing there is no bar.
    max: Math.max(totalBytes, 1),
    output: process.stderr,
    indicator: 'timer',
    withGuide: false,
    cancelMessage: `${title}: interrupted`,
    // The bar takes signals for itself and would let the program go on.
    onCancel: () => process.exit(interrupted),
  })
  // It takes the keyboard, too, and makes Ctrl-C look like a success.
  process.once('exit', reportInterruption)
  let shownBytes = 0
  display.start(title)
  return {
    update(bytesDone) {
      display.advance(bytesDone - shownBytes, `${title} ${percent(bytesDone, totalBytes)}`)
      shownBytes = bytesDone
    },
    end() {
      process.removeListener('exit', reportInterruption)
      display.clear()
    },
  }
}

/** What a shell reports for a program that Ctrl-C has ended. */
const interrupted = 130

function reportInterruption(exitCode: number): void {
  if (exitCode === 0) process.exitCode = interrupted
}

function lines(title: string, totalBytes: number): Progress {
  let shownQuarters = 0
  return {
    update(bytesDone) {
      const quarters = Math.floor(4 * shareOf(bytesDone, totalBytes))
      if (quarters === shownQuarters) return
      shownQuarters = quarters
      console.error(`${title} ${percent(bytesDone, totalBytes)}`)
    },
    end: () => undefined,
  }
}

function percent(done: number, total: number): string {
  return `${Math.floor(100 * shareOf(done, total))}%`
}

/** How much of it is done, up to 1; of nothing, all. */
const shareOf = (done: number, total: number): number => (total === 0 ? 1 : done / total)
