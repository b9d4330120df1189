import { ActorError } from '../errors.ts'
import { nearest } from '../options/nearest.ts'
import type { ActorDefinition } from './definition.ts'

/**
 * A schema for a message that nobody handles would leave the one that was meant unchecked, and one that is
 * misspelled is not urgent.
 *
 * @param handlers what the factory has returned
 * @throws {ActorError} `EINVAL`, which names the message and the nearest handler
 */
export function checkHandlerNames(
  { name, schema, options: { urgent } }: ActorDefinition,
  handlers: object,
): void {
  if (schema?.messages !== undefined) {
    for (const method in schema.messages) checkName(name, 'schema.messages', method, handlers)
  }
  if (urgent !== undefined) for (const method of urgent) checkName(name, 'urgent', method, handlers)
}

function checkName(definition: string, option: string, method: string, handlers: object): void {
  if (typeof (handlers as Readonly<Record<string, unknown>>)[method] === 'function') return
  const near = nearest(method, namesIn(handlers))
  const hint = near === undefined ? '' : `; the nearest is ${near}`
  throw new ActorError(
    'EINVAL',
    `The definition ${definition}: ${option} names ${JSON.stringify(method)}, for which it has no handler${hint}`,
  )
}

/** Those of a class are found in its prototype. */
export function namesIn(handlers: object): string[] {
  const names: string[] = []
  for (let at: object | null = handlers; at !== null && at !== Object.prototype;) {
    names.push(...Object.getOwnPropertyNames(at))
    at = Object.getPrototypeOf(at) as object | null
  }
  return names
}
