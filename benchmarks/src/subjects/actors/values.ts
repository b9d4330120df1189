/** What is told in the benchmarks of actors. */
export type What = 'number' | 'string' | 'binary' | 'object'

/** The same for all; an object is five small fields, a binary 64 bytes. */
export function valueOf(what: What): unknown {
  if (what === 'number') return 7
  if (what === 'string') return 'hello'
  if (what === 'binary') return new Uint8Array(64).fill(1)
  return { a: 1, b: 'two', c: 3, d: 'four', e: 5 }
}

/** Where the two actors are: on one host, or on two. */
export type Where = 'within' | 'between'

/** So many messages may be on their way at a time. */
export const WINDOW = 1000

export interface TellOptions {
  readonly where: Where
  readonly what: What
  /** Timed, after a warm-up. */
  readonly messages: number
}
