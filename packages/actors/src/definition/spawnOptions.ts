import { ActorError } from '../errors.ts'
import { ActorRef } from '../host/ref.ts'

/** Options of an actor, given where it is spawned. */
export interface SpawnOptions {
  /** Its last name in its path; unique among its siblings, without `/`. Default: a number. */
  name?: string
  /**
   * Where it is to run: the number of a host, `'here'` (the thread that spawns it), `'least'` (the
   * one with the fewest actors) or where another actor runs. Default: the hosts in turn for
   * `system.spawn`, `'here'` for `ctx.spawn`. An actor whose host is lost restarts on any other.
   */
  host?: number | 'here' | 'least' | { readonly sameAs: ActorRef<never> }
  /** Messages that may wait for the actor. Default 1,024; 0 means no limit. */
  mailbox?: number
}

/** The longest name of an actor, in characters. */
const MAX_NAME = 255

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/** @throws {ActorError} `EINVAL` */
export function checkSpawnOptions({ name, host, mailbox }: SpawnOptions): void {
  if (name !== undefined) checkName(name)
  if (mailbox !== undefined && !isCount(mailbox))
    throw new ActorError('EINVAL', `mailbox must be a whole number, not ${String(mailbox)}`)
  if (host !== undefined && !isPlace(host))
    throw new ActorError(
      'EINVAL',
      `host must be the number of a host, 'here', 'least' or { sameAs: ref }, not ${JSON.stringify(host)}`,
    )
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && name !== '' && name.length <= MAX_NAME && !name.includes('/'))
    return
  throw new ActorError(
    'EINVAL',
    `The name of an actor has 1 to ${MAX_NAME} characters and no /: ${String(name)}`,
  )
}

function isPlace(host: NonNullable<SpawnOptions['host']>): boolean {
  if (typeof host === 'number') return isCount(host)
  if (typeof host === 'string') return host === 'here' || host === 'least'
  return typeof host === 'object' && host.sameAs instanceof ActorRef
}
