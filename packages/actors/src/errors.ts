/** Every code an actor system may fail with, and what people read. */
const conditions = {
  ECLOSED: 'The system is closed',
  ELOAD: 'The definition cannot be loaded',
  ENOACTOR: 'There is no such actor',
  ENOHANDLER: 'The actor has no such handler',
  EEXIST: 'The name is taken',
  EOVERFLOW: 'The mailbox is full',
  ETIMEDOUT: 'No answer came in time',
  ECANCELED: 'Nobody waits for the answer any more',
  EHOSTDOWN: 'The host of the actor is gone',
  ENODEDOWN: 'The node of the actor is gone, or cannot be reached',
  EDENIED: 'The node does not allow it',
  ENOHOST: 'There is no such host',
  EBOOT: 'A host could not begin',
  ELINKED: 'An actor that this one is linked to has ended',
  ECANCELLED: 'Nobody waits for the result any more',
  ESTAGE: 'A stage of the pipeline has failed',
  ESTOPPED: 'The actor was stopped',
  EVALUE: 'The value cannot be sent',
  EBADMSG: 'The message cannot be read',
  ESCHEMA: 'The schema of the actor does not let it through',
  EMSGSIZE: 'The message is too large',
  EINVAL: 'Invalid argument',
} as const satisfies Record<string, string>

/** What went wrong. Branch on this, not on the message. */
export type ActorErrorCode = keyof typeof conditions

export const isActorErrorCode = (code: string): code is ActorErrorCode =>
  Object.hasOwn(conditions, code)

/** What is wrong with one argument, or with something in it. */
export interface SchemaIssue {
  /** As the schema says it. */
  readonly message: string
  /** Where: the number of the argument, then the keys that lead there. */
  readonly path: readonly (string | number)[]
}

interface ActorErrorOptions extends ErrorOptions {
  readonly issues?: readonly SchemaIssue[]
}

/** An actor, or the system that runs it, could not do what it was asked. */
export class ActorError extends Error {
  override readonly name = 'ActorError'
  readonly code: ActorErrorCode
  /** Of `ESCHEMA`: what a schema has found, 32 at most; not there if it has thrown. */
  declare readonly issues?: readonly SchemaIssue[]
  /**
   * There, and true, if a handler has thrown it: then it is about something that the handler has called, and the
   * actor that was asked is as it was. So a caller knows whose host, node or mailbox is meant.
   */
  declare readonly isFromHandler?: true

  constructor(
    code: ActorErrorCode,
    message: string = conditions[code],
    options?: ActorErrorOptions,
  ) {
    super(message, options)
    this.code = code
    // A field of its own: the others have none, and carry none.
    if (options?.issues !== undefined) this.issues = options.issues
  }
}

/** Whether the time of the call itself was over, and not that of another, which its handler has made. */
export const isTimedOut = (error: unknown): error is ActorError =>
  error instanceof ActorError && error.code === 'ETIMEDOUT' && error.isFromHandler !== true

/** A handler has thrown it, and who asked will be told. */
export function markFromHandler(error: unknown): void {
  if (error instanceof ActorError && Object.isExtensible(error))
    Object.assign(error, { isFromHandler: true })
}

/**
 * Makes an error that was carried, and is of no class but `Error`, what it was, if it is one of ours. The name is its
 * own, and so are the fields: only the class is missing.
 */
export function restoreClass(error: Error): void {
  if (error.name !== 'ActorError' || Object.getPrototypeOf(error) !== Error.prototype) return
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && isActorErrorCode(code))
    Object.setPrototypeOf(error, ActorError.prototype)
}
