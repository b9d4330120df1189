import { define } from './define.ts'
import { errorClasses } from './wireFormat.ts'

interface ErrorDescription {
  readonly className: string
  readonly name: string
  readonly message: string
  readonly stack: string | null
  /** Of the other fields, those that might be carried. */
  readonly keys: readonly string[]
}

/** Carried by themselves. */
const described = new Set(['name', 'message', 'stack'])
/** Not enumerable, as the language makes them. */
const hidden = ['cause', 'errors']

/** What an error has anyway. */
export function isOwnOfError(key: string): boolean {
  return described.has(key)
}

export function isHiddenInError(key: string): boolean {
  return hidden.includes(key)
}

export function describeError(error: Error): ErrorDescription {
  const name = textOf(error, 'name') ?? 'Error'
  const keys = Object.keys(error).filter((key) => !described.has(key))
  for (const key of hidden) if (Object.hasOwn(error, key) && !keys.includes(key)) keys.push(key)
  return {
    className: classOf(error, name),
    name,
    message: textOf(error, 'message') ?? '',
    stack: textOf(error, 'stack') ?? null,
    keys,
  }
}

function classOf(error: Error, name: string): string {
  if (error instanceof AggregateError) return 'AggregateError'
  if (error instanceof DOMException) return 'DOMException'
  for (const [className, built] of errorClasses) {
    if (className !== 'Error' && error instanceof built) return className
  }
  return errorClasses.has(name) ? name : 'Error'
}

/** Undefined where a getter throws or gives something else: an error is carried whatever it is like. */
function textOf(error: Error, key: 'name' | 'message' | 'stack'): string | undefined {
  try {
    const text: unknown = error[key]
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

/** An error as it was described, without the stack of where it is made. */
export function makeError(
  className: string,
  name: string,
  message: string,
  stack: string | null,
): Error {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    const error = construct(className, name, message)
    if (error.name !== name) define(error, 'name', name, false)
    if (stack !== null) define(error, 'stack', stack, false)
    return error
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function construct(className: string, name: string, message: string): Error {
  if (className === 'DOMException') return new DOMException(message, name)
  if (className === 'AggregateError') return new AggregateError([], message)
  return new (errorClasses.get(className) ?? Error)(message)
}
