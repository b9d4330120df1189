import { ActorError } from '../errors.ts'
import type { Priority } from '../host/priorityMailbox.ts'
import { ActorRef } from '../host/ref.ts'
import type { ActorSchema } from '../schema/actorSchema.ts'
import { checkMailboxOptions, type MailboxOptions } from './mailboxOptions.ts'

/** Options of an actor, given where it is spawned. */
export interface SpawnOptions extends MailboxOptions {
  /** Its last name in its path; unique among its siblings, without `/`. Default: a number. */
  name?: string
  /**
   * Where it is to run: the number of a host, `'here'` (the thread that spawns it), `'least'` (the
   * one with the fewest actors) or where another actor runs. Default: the hosts in turn for
   * `system.spawn`, `'here'` for `ctx.spawn`. An actor whose host is lost restarts on any other.
   */
  host?: number | 'here' | 'least' | { readonly sameAs: ActorRef<never> }
  /**
   * How long it may take until the actor is ready, in milliseconds, also each time that it begins anew;
   * `Infinity`: no limit. Then the spawn fails with `ETIMEDOUT`, and there is no actor. Default 30,000.
   */
  startTimeoutMs?: number
  /** Gives the spawn up while the actor is not ready; it rejects with the signal's reason. Pools have no use for it. */
  signal?: AbortSignal
}

export const DEFAULT_START_MS = 30_000

/** Options of all actors of a definition. */
export interface DefinitionOptions<S extends ActorSchema = ActorSchema> extends SpawnOptions {
  /** Checks what comes from other nodes, or everything; handlers have their types from it. Default: none. */
  schema?: S
  /**
   * In which lane of the mailbox a message waits: a whole number from 0 to 7, the higher the sooner.
   * It goes before `urgent`, and sees arguments before a schema does. Default: all in lane 0.
   */
  priority?: Priority
}

/** The longest name of an actor, in characters. */
const MAX_NAME = 255

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/** @throws {ActorError} `EINVAL` */
export function checkSpawnOptions(options: SpawnOptions): void {
  const { name, host, startTimeoutMs = DEFAULT_START_MS, signal } = options
  checkMailboxOptions(options)
  if (typeof startTimeoutMs !== 'number' || !(startTimeoutMs >= 0))
    throw new ActorError(
      'EINVAL',
      `startTimeoutMs must be a number of milliseconds, not ${String(startTimeoutMs)}`,
    )
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new ActorError('EINVAL', 'signal must be an AbortSignal')
  if (name !== undefined) checkName(name)
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
