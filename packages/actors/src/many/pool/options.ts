import { inspect } from 'node:util'
import { ActorError } from '../../errors.ts'

/** Names what a message is about: those with equal keys go to the same member, as long as it is there. */
export type HashKey = (
  method: string,
  args: readonly unknown[],
) => string | number | bigint | boolean

/**
 * Which member gets a message.
 *
 * - `'pull'`: members take from one queue, each as fast as it works: who is slow gets less
 * - `'round-robin'`: each in turn
 * - `'least-loaded'`: the one with the fewest messages of this caller that are not done
 * - `'hash'`: by the first argument, a string, number, bigint or boolean; `{ hash }` by any other key
 * - `'broadcast'`: all of them; an ask settles with the first answer
 */
export type Route =
  | 'pull'
  | 'round-robin'
  | 'least-loaded'
  | 'hash'
  | 'broadcast'
  | { readonly hash: HashKey }

/** A pool that grows and shrinks with its work. */
export interface ElasticSize {
  /** Never fewer members. Default 1. */
  readonly min?: number
  /** Never more members. Default: one for each host. */
  readonly max?: number
  /** A member more while work has been waiting for so long, in milliseconds. Default 100. */
  readonly growAfterMs?: number
  /** Members that were not needed for so long stop, in milliseconds. Default 10,000. */
  readonly idleMs?: number
}

/** How a pool works. */
export interface PoolOptions {
  /** How many members, or between how many. Default: one for each host. */
  readonly size?: number | ElasticSize
  /** Which member gets a message. Default `'pull'`. */
  readonly route?: Route
  /**
   * Messages that a member may have of one caller's thread before the first of them is done. Default `'auto'`:
   * for `'pull'` from 1 to 256, so many as are done in some 2 ms; for other routes 256.
   */
  readonly prefetch?: number | 'auto'
  /**
   * Messages that may wait in one caller's thread when no member has room: then `tell` returns false and
   * `send` waits. Asks wait in any case. Default 1,024; 0 means no limit.
   */
  readonly waiting?: number
  /**
   * How often a message is handed to another member when the host of the one that had it is lost. It may have
   * been handled, whole or in part: more than 0 is for work that may be done twice. Default 0: it fails with
   * `EHOSTDOWN`. A message that was never begun is always handed on.
   */
  readonly retryLost?: number
  /** When a member that has ended is replaced by a new one. Default `'always'`. */
  readonly replace?: 'always' | 'failed' | 'never'
  /** The last name in the path of the pool. Default: a number. */
  readonly name?: string
}

/** What every caller's thread knows of a pool; it crosses threads. */
export interface PoolPlan {
  readonly route: Exclude<Route, object>
  /** Whether a function chooses, which only the thread that made the pool has. */
  readonly isKeyedByFunction: boolean
  readonly prefetch: number | 'auto'
  readonly waiting: number
  readonly retryLost: number
  /** How often callers report their load, in milliseconds; 0: never. */
  readonly reportMs: number
}

/** Between how many members a pool has, and what makes it change. */
export interface SizeRange {
  readonly min: number
  readonly max: number
  readonly growAfterMs: number
  readonly idleMs: number
}

const MAX_MEMBERS = 65_536
const routes: readonly unknown[] = ['pull', 'round-robin', 'least-loaded', 'hash', 'broadcast']

/** @throws {ActorError} `EINVAL` */
export function planOf(options: PoolOptions): PoolPlan {
  const { route = 'pull', prefetch = 'auto', waiting = 1024, retryLost = 0, size } = options
  const isKeyedByFunction = typeof route === 'object'
  if (isKeyedByFunction ? typeof route.hash !== 'function' : !routes.includes(route))
    throw new ActorError('EINVAL', `A pool has no route ${inspect(route)}`)
  if (prefetch !== 'auto') expectWhole('prefetch', prefetch, 1)
  expectWhole('waiting', waiting, 0)
  expectWhole('retryLost', retryLost, 0)
  return {
    route: isKeyedByFunction ? 'hash' : route,
    isKeyedByFunction,
    prefetch,
    waiting: waiting === 0 ? Infinity : waiting,
    retryLost,
    reportMs: typeof size === 'object' ? rangeOf(size, 1).growAfterMs : 0,
  }
}

/** @param hosts how many there are @throws {ActorError} `EINVAL` */
export function rangeOf(size: PoolOptions['size'], hosts: number): SizeRange {
  const { min, max, growAfterMs, idleMs } = {
    ...(typeof size === 'object' ? elastic(size, hosts) : fixed(size ?? hosts)),
  }
  expectWhole('size', min, 1, MAX_MEMBERS)
  expectWhole('size', max, min, MAX_MEMBERS)
  expectWhole('growAfterMs', growAfterMs, 1)
  expectWhole('idleMs', idleMs, 1)
  return { min, max, growAfterMs, idleMs }
}

const fixed = (members: number): SizeRange => ({
  min: members,
  max: members,
  growAfterMs: 1,
  idleMs: 1,
})

function elastic(size: ElasticSize, hosts: number): SizeRange {
  const { min = 1, growAfterMs = 100, idleMs = 10_000 } = size
  return { min, max: size.max ?? Math.max(min, hosts), growAfterMs, idleMs }
}

function expectWhole(
  name: string,
  value: number,
  from: number,
  to = Number.MAX_SAFE_INTEGER,
): void {
  if (!Number.isInteger(value) || value < from || value > to)
    throw new ActorError(
      'EINVAL',
      `${name} must be a whole number from ${from} to ${to}, not ${String(value)}`,
    )
}
