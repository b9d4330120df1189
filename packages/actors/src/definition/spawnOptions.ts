import type { Priority } from '../host/priorityMailbox.ts'
import { ActorRef } from '../host/ref.ts'
import { checkOptions, type Kinds } from '../options/checkOptions.ts'
import { abortSignal, callable, milliseconds, must } from '../options/kinds.ts'
import { actorSchema, type ActorSchema } from '../schema/actorSchema.ts'
import { mailboxKinds, type MailboxOptions } from './mailboxOptions.ts'

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

const isName = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && value.length <= MAX_NAME && !value.includes('/')

function isPlace(host: unknown): boolean {
  if (typeof host === 'number') return Number.isSafeInteger(host) && host >= 0
  if (typeof host === 'string') return host === 'here' || host === 'least'
  return (
    typeof host === 'object' && (host as { sameAs?: unknown } | null)?.sameAs instanceof ActorRef
  )
}

export const actorName = must(`1 to ${MAX_NAME} characters without /`, isName)

const spawnKinds: Kinds<SpawnOptions> = {
  ...mailboxKinds,
  name: actorName,
  host: must("the number of a host, 'here', 'least' or { sameAs: ref }", isPlace),
  startTimeoutMs: milliseconds(0),
  signal: abortSignal,
}

const definitionKinds: Kinds<DefinitionOptions> = {
  ...spawnKinds,
  schema: actorSchema,
  priority: callable,
}

/** @param name of the definition, for people @throws {ActorError} `EINVAL`, which names the option */
export function checkDefinitionOptions(name: string, options: DefinitionOptions): void {
  checkOptions(`The definition ${name}`, options, definitionKinds)
}

/** As `checkDefinitionOptions`, of those that `with` takes. */
export function checkSpawnOptions(name: string, options: SpawnOptions): void {
  checkOptions(`with of the definition ${name}`, options, spawnKinds)
}
