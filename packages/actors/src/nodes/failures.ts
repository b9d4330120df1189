import { ActorError, isActorErrorCode } from '../errors.ts'

/** What crosses of an error: no stack, which would tell strangers of this machine's files. */
interface Failure {
  readonly name: string
  readonly message: string
  readonly code?: string | number
  readonly cause?: Failure
}

/** Causes of causes that cross. */
const MAX_CAUSES = 4
/** Characters of a message that cross. */
const MAX_MESSAGE = 8192
const MAX_NAME = 256

/** Errors of these classes arrive as such, all others as `Error` of their name. */
const classes = new Map<string, ErrorConstructor>(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((made) => [
    made.name,
    made as ErrorConstructor,
  ]),
)

/** What may have been thrown, as other nodes are told of it. */
export function failureOf(error: unknown, causes = MAX_CAUSES): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: textOf(error) }
  const { code, cause } = error as Error & { code?: unknown }
  return {
    name: String(error.name).slice(0, MAX_NAME),
    message: String(error.message).slice(0, MAX_MESSAGE),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(cause instanceof Error && causes > 0 && { cause: failureOf(cause, causes - 1) }),
  }
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null) return 'an object was thrown'
  return String(thrown).slice(0, MAX_MESSAGE)
}

/** The error that another node has told of, whatever that was. */
export function errorOf(failure: unknown, causes = MAX_CAUSES): Error {
  if (typeof failure !== 'object' || failure === null)
    return new ActorError('EBADMSG', 'A node told of a failure, but not of which')
  const { name, message, code, cause } = failure as Partial<Record<keyof Failure, unknown>>
  const text = typeof message === 'string' ? message.slice(0, MAX_MESSAGE) : ''
  const options =
    cause === undefined || causes === 0 ? undefined : { cause: errorOf(cause, causes - 1) }
  if (typeof code === 'string' && isActorErrorCode(code)) return new ActorError(code, text, options)
  const called = typeof name === 'string' ? name.slice(0, MAX_NAME) : 'Error'
  const Class = classes.get(called) ?? Error
  const error = new Class(text, options)
  if (error.name !== called) define(error, 'name', called)
  if (typeof code === 'string' || typeof code === 'number') define(error, 'code', code, true)
  return error
}

function define(error: Error, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true })
}
