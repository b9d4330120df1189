import { ActorError, isActorErrorCode, type SchemaIssue } from '../errors.ts'
import { issuesOf } from '../schema/issues.ts'
import { ByteWriter, writeValue } from '../values/index.ts'

/** What crosses of an error: no stack, which would tell strangers of this machine's files. */
interface Failure {
  readonly name: string
  readonly message: string
  readonly code?: string | number
  readonly cause?: Failure
  readonly issues?: readonly SchemaIssue[]
  /** Its own other fields, as far as they can be sent. */
  readonly fields?: Readonly<Record<string, unknown>>
}

/** The same, as another node may have told of it. */
type Told = Partial<Record<keyof Failure, unknown>>

/** Causes of causes that cross. */
const MAX_CAUSES = 4
/** Characters of a message that cross. */
const MAX_MESSAGE = 8192
const MAX_NAME = 256
/** Of a message that crosses alone, to a node that takes little. */
const MAX_BARE_MESSAGE = 1024
/** Own fields that cross, and the bytes of each. */
const MAX_FIELDS = 32
const MAX_FIELD_BYTES = 16 * 1024

/** What crosses by itself, or not at all. */
const reserved = new Set(['name', 'message', 'stack', 'code', 'cause', 'errors', 'issues'])

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
    ...(isCode(code) && { code }),
    ...(cause instanceof Error && causes > 0 && { cause: failureOf(cause, causes - 1) }),
    ...(code === 'ESCHEMA' && issuesIn(error as { issues?: unknown })),
    ...fieldsIn(error),
  }
}

/** The same for a node that takes no more: it fits into the least that a node may take. */
export function bareFailureOf(error: unknown): Failure {
  const { name, message, code, fields } = failureOf(error, 0)
  return {
    name,
    message: message.slice(0, MAX_BARE_MESSAGE),
    ...(code !== undefined && { code }),
    // Callers tell by it whose failure it is.
    ...(fields?.isFromHandler === true && { fields: { isFromHandler: true } }),
  }
}

const isCode = (code: unknown): code is string | number =>
  typeof code === 'number' || (typeof code === 'string' && code.length <= MAX_NAME)

/** @returns the issues that a schema has found, as a field, if there are any */
function issuesIn(error: { issues?: unknown }): { issues: SchemaIssue[] } | undefined {
  const issues = issuesOf(error.issues)
  return issues && { issues }
}

/** @returns its own fields, as a field, if there are any */
function fieldsIn(error: Error): { fields: Record<string, unknown> } | undefined {
  const all = Object.entries(error).filter(
    ([key, value]) => !reserved.has(key) && isSendable(value),
  )
  if (all.length === 0) return undefined
  return { fields: Object.fromEntries(all.slice(0, MAX_FIELDS)) }
}

/** Whether another node can be told of it, and it is not too much. */
function isSendable(value: unknown): boolean {
  try {
    writeValue(new ByteWriter(), value, { maxBytes: MAX_FIELD_BYTES })
    return true
  } catch {
    // An error is told of whatever it is like.
    return false
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
  const { name, message, code, cause, issues, fields } = failure as Told
  const text = typeof message === 'string' ? message.slice(0, MAX_MESSAGE) : ''
  const options =
    cause === undefined || causes === 0 ? undefined : { cause: errorOf(cause, causes - 1) }
  if (typeof code === 'string' && isActorErrorCode(code))
    return withFields(
      new ActorError(code, text, {
        ...options,
        ...(code === 'ESCHEMA' && issuesIn({ issues })),
      }),
      fields,
    )
  const called = typeof name === 'string' ? name.slice(0, MAX_NAME) : 'Error'
  const Class = classes.get(called) ?? Error
  const error = new Class(text, options)
  if (error.name !== called) define(error, 'name', called)
  if (typeof code === 'string' || typeof code === 'number') define(error, 'code', code, true)
  return withFields(error, fields)
}

function withFields(error: Error, fields: unknown): Error {
  if (typeof fields !== 'object' || fields === null) return error
  for (const [key, value] of Object.entries(fields).slice(0, MAX_FIELDS))
    if (!reserved.has(key)) define(error, key, value, true)
  return error
}

function define(error: Error, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true })
}
