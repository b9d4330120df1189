import { checkOptions, complete, group, type Kind, type Kinds } from '../options/checkOptions.ts'
import { atLeast, callable, milliseconds, must, oneOf } from '../options/kinds.ts'

/**
 * What becomes of an actor that has failed.
 *
 * - `resume`: it handles the next message, as if nothing had happened
 * - `restart`: its factory runs again; address, refs and mailbox stay
 * - `stop`: it ends
 * - `escalate`: its parent fails with the same error
 */
export type Directive = 'resume' | 'restart' | 'stop' | 'escalate'

/** Whom a restart concerns, with the one that failed: nobody, all siblings, those spawned after it. */
export type Strategy = 'one-for-one' | 'one-for-all' | 'rest-for-one'

/**
 * What an actor was doing when it failed: handling a `tell` or `send`, or a notice of a watch
 * (`message`); an `ask` or a stream, whose asker has the error as well; its factory (`start`); or
 * nothing itself: an actor that it is linked to ended (`link`), its `child` escalated, its `host`
 * was lost.
 */
export type During = 'message' | 'ask' | 'start' | 'link' | 'child' | 'host'

/** What is known of a child that has failed. */
export interface FailedChild {
  /** Its last name in its path. */
  readonly name: string
  readonly path: string
  readonly during: During
}

/** How long to wait before a restart, in milliseconds. */
export interface Backoff {
  /** Before the first. Default 10. */
  firstMs?: number
  /** At most. Default 10,000. */
  maxMs?: number
  /** Each wait is so many times the one before. Default 2. */
  factor?: number
  /** A wait differs by up to this share of it, at random. Default 0.2. */
  jitter?: number
  /** After so long without a failure the next wait is the first again. Default 30,000. */
  quietMs?: number
}

/** How an actor's children, or those of the program, are supervised. */
export interface SupervisionOptions {
  /** Default `'one-for-one'`. */
  strategy?: Strategy
  /**
   * What to do with a child that has failed; it runs in the parent's thread. Default, also where it
   * returns nothing: `restart`, but `resume` after an ask, whose asker has the error. `resume` means
   * `restart` where nothing is left to go on with: when the factory failed, or the host was lost.
   */
  decide?: (error: unknown, child: FailedChild) => Directive | undefined
  /** Restarts of one child within `withinMs`; the next failure is too much. Default 5. */
  maxRestarts?: number
  /** In milliseconds. Default 10,000. */
  withinMs?: number
  /** What becomes of a child that fails too often. Default `'escalate'`. */
  exceeded?: 'stop' | 'escalate'
  /**
   * How long it may take until what is to be restarted has ended, in milliseconds, with its children and hooks. Then
   * it is left alone, whatever it awaits; and if its thread does not even come to that within as long again, the
   * thread is ended, with all actors on it, which are restarted elsewhere. Default 10,000.
   */
  graceMs?: number
  backoff?: Backoff
}

/** The same, complete. */
export interface Policy {
  readonly strategy: Strategy
  readonly decide: SupervisionOptions['decide']
  readonly maxRestarts: number
  readonly withinMs: number
  readonly exceeded: 'stop' | 'escalate'
  readonly graceMs: number
  readonly backoff: Readonly<Required<Backoff>>
}

export const defaultPolicy: Policy = {
  strategy: 'one-for-one',
  decide: undefined,
  maxRestarts: 5,
  withinMs: 10_000,
  exceeded: 'escalate',
  graceMs: 10_000,
  backoff: { firstMs: 10, maxMs: 10_000, factor: 2, jitter: 0.2, quietMs: 30_000 },
}

const jitter = must(
  'a share from 0 to 1',
  (value) => typeof value === 'number' && value >= 0 && value <= 1,
)

export const backoffKind: Kind = group<keyof Backoff>({
  firstMs: milliseconds(0),
  maxMs: milliseconds(0),
  factor: atLeast(1),
  jitter,
  quietMs: milliseconds(0),
})

const supervisionKinds: Kinds<SupervisionOptions> = {
  strategy: oneOf('one-for-one', 'one-for-all', 'rest-for-one'),
  decide: callable,
  maxRestarts: atLeast(0),
  withinMs: milliseconds(0),
  exceeded: oneOf('stop', 'escalate'),
  graceMs: milliseconds(0),
  backoff: backoffKind,
}

/** As an option of a system. */
export const supervision: Kind = group<keyof SupervisionOptions>(supervisionKinds)

/** @throws {ActorError} `EINVAL`, which names the option */
export function policyOf(options: SupervisionOptions): Policy {
  checkOptions('supervision', options, supervisionKinds)
  const { backoff, decide, ...others } = options
  return {
    ...complete<Omit<Policy, 'backoff' | 'decide'>>(defaultPolicy, others),
    decide,
    backoff: complete(defaultPolicy.backoff, backoff),
  }
}
