import { ActorError } from '../errors.ts'

/** A stage of a pipeline has failed; `cause` is what with. Its code is `ESTAGE`. */
export class StageError extends ActorError {
  /** The name of the stage. */
  readonly stage: string

  constructor(stage: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super('ESTAGE', `The stage ${stage} has failed: ${why}`, { cause })
    this.stage = stage
  }
}
