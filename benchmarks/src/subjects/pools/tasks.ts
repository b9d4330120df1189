/** An empty task. */
const echo = (value: number): number => value

/** Computes for as long as the value says, in steps; a number that depends on all of them. */
const burn = (steps: number): number => {
  let state = 1
  for (let step = 0; step < steps; step++) state = (Math.imul(state, 1664525) + 1013904223) | 0
  return state
}

/** What the pools are given to do. */
export const tasks = { echo, burn }

export type TaskName = keyof typeof tasks
