import { actorName } from '../../definition/spawnOptions.ts'
import { ActorError } from '../../errors.ts'
import { checkOptions, group, type Kinds } from '../../options/checkOptions.ts'
import { must, oneOf, whole } from '../../options/kinds.ts'

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

const isRoute = (value: unknown): boolean =>
  typeof value === 'object' && value !== null
    ? typeof (value as { hash?: unknown }).hash === 'function'
    : routes.includes(value)

const isPrefetch = (value: unknown): boolean =>
  value === 'auto' || (Number.isInteger(value) && (value as number) >= 1)

const count = whole(1, MAX_MEMBERS)

const elasticSize = group<keyof ElasticSize>({
  min: count,
  max: count,
  growAfterMs: whole(1),
  idleMs: whole(1),
})

const poolKinds: Kinds<PoolOptions> = {
  size: {
    what: 'a number of members, or an object with min and max',
    fault: (value, name) =>
      typeof value === 'number' ? count.fault(value, name) : elasticSize.fault(value, name),
  },
  route: must(`one of ${routes.join(', ')}, or { hash } with a function`, isRoute),
  prefetch: must("a whole number from 1, or 'auto'", isPrefetch),
  waiting: whole(0),
  retryLost: whole(0),
  replace: oneOf('always', 'failed', 'never'),
  name: actorName,
}

/** @throws {ActorError} `EINVAL` */
export function planOf(options: PoolOptions): PoolPlan {
  checkOptions('pool', options, poolKinds)
  const { route = 'pull', prefetch = 'auto', waiting = 1024, retryLost = 0, size } = options
  const isKeyedByFunction = typeof route === 'object'
  return {
    route: isKeyedByFunction ? 'hash' : route,
    isKeyedByFunction,
    prefetch,
    waiting: waiting === 0 ? Infinity : waiting,
    retryLost,
    reportMs: typeof size === 'object' ? elastic(size, 1).growAfterMs : 0,
  }
}

/** @param hosts how many there are @throws {ActorError} `EINVAL` */
export function rangeOf(size: PoolOptions['size'], hosts: number): SizeRange {
  const range = typeof size === 'object' ? elastic(size, hosts) : fixed(size ?? hosts)
  const { min, max } = range
  if (min > max)
    throw new ActorError('EINVAL', `pool: size.min, ${min}, must be no more than size.max, ${max}`)
  return range
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
