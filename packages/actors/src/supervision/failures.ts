import type { Directive, During } from './options.ts'

/** An actor has failed, and what was decided; or a hook of one that ends has thrown. */
export interface ActorFailure {
  readonly path: string
  readonly error: unknown
  readonly during: During | 'hook'
  readonly directive: Directive | undefined
}
