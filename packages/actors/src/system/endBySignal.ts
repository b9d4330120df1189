/**
 * Lets a signal that was caught take effect, as the last act of the process: what closed sockets still hold leaves
 * before, as at every end of a process. At once it would be lost.
 *
 * A program that listens for the signal itself has it once more, and says what becomes of the process.
 */
export function endBySignal(signal: NodeJS.Signals): void {
  // What this thread's own event loop sends, it writes at the end of a turn; I/O threads are waited for below.
  setImmediate(end, signal)
}

function end(signal: NodeJS.Signals): void {
  const takeEffect = (): void => void process.kill(process.pid, signal)
  if (process.listenerCount(signal) > 0) {
    takeEffect()
    return
  }
  // Listeners are called in the order in which they came: those that wait for I/O threads are there already.
  process.once('exit', takeEffect)
  process.exit()
}
