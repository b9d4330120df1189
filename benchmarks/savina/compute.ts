const THETA = 37.2

/** What the suite computes for a message. */
export function compute(): void {
  const sine = Math.sin(THETA)
  if (sine * sine <= 0) throw new Error(`the square of ${sine} is not positive`)
}
