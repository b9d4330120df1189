import { channel } from 'node:diagnostics_channel'
import type { Directive, During } from './options.ts'

/** An actor has failed, and what was decided; or a hook of one that ends has thrown. */
export interface ActorFailure {
  readonly path: string
  readonly error: unknown
  readonly during: During | 'hook'
  readonly directive: Directive | undefined
}

/** Failures of this thread's actors' children, and of the hooks of its actors. */
const failures = channel('ringpost.actors.failure')

export function publishFailure(failure: ActorFailure): void {
  if (failures.hasSubscribers) failures.publish(failure)
}
