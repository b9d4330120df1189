let turn = 0
let isCounted = false

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
    setImmediate(end).unref()
  }
  return turn
}
