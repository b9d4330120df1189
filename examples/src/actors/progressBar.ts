import { progress as createBar } from '@clack/prompts'
import type { Progress, ProgressBar } from '@ringpost/actors'

const NARROWEST_COLUMNS = 40

/** What a shell reports for a program that Ctrl-C has ended. */
const interrupted = 130

/** Shows on a terminal how far a run has come; elsewhere nothing. */
export function progressBar(title: string, total: number): ProgressBar | undefined {
  const { isTTY, columns } = process.stderr
  if (!isTTY || columns < NARROWEST_COLUMNS) return undefined

  const bar = createBar({
    max: Math.max(total, 1),
    output: process.stderr,
    indicator: 'timer',
    withGuide: false,
    cancelMessage: `${title}: interrupted`,
    // The bar takes signals for itself and would let the program go on.
    onCancel: () => process.exit(interrupted),
  })
  let shown = 0
  const show = ({ done, perSecond }: Progress): void => {
    bar.advance(done - shown, `${title}: ${done} of ${total}, ${Math.round(perSecond)}/s`)
    shown = done
  }
  return {
    start: () => bar.start(title),
    update: show,
    end: () => bar.clear(),
  }
}
