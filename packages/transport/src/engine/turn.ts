/** Timers and others' I/O wait no longer than about this for a stream that never runs dry. */
const LONGEST_MS = 4

let turn = 0
let isCounted = false
let beganAt: number | undefined

const end = (): void => {
  isCounted = false
}

/**
 * A number of this turn of the thread's event loop, other than any before: a turn begins when
 * everything that was to be done at the end of the last one is done.
 */
export function currentTurn(): number {
  if (!isCounted) {
    isCounted = true
    turn++
    beganAt = undefined
    setImmediate(end).unref()
  }
  return turn
}

/** Whether the event loop is to turn before more is done. Time is taken from the first time this is asked. */
export function isTurnLong(): boolean {
  currentTurn()
  const now = performance.now()
  beganAt ??= now
  return now - beganAt >= LONGEST_MS
}
