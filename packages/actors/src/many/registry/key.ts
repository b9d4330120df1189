import { ActorDefinition } from '../../definition/definition.ts'
import type { Handlers, HandlersOf } from '../../definition/types.ts'
import { ActorError } from '../../errors.ts'

declare const handlers: unique symbol

/** A name, and what understands it: who looks it up has a ref of that type. */
export interface RegistryKey<H = Handlers> {
  readonly name: string
  /** Never there: it carries the type. */
  readonly [handlers]?: H
}

/** What names actors in the registry: a string, a typed key, or the definition itself. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type KeyLike<H = Handlers> = string | RegistryKey<H> | ActorDefinition<any, H>

/**
 * A name with a type: `registryKey<typeof counter>('counter')`.
 *
 * @throws {ActorError} `EINVAL`: no name
 */
export function registryKey<D = Handlers>(name: string): RegistryKey<HandlersOf<D>> {
  checkName(name)
  return { name }
}

/** @throws {ActorError} `EINVAL` */
export function nameOf(key: KeyLike<never>): string {
  if (key instanceof ActorDefinition) return `${key.url}#${key.name}`
  const name: unknown = typeof key === 'string' ? key : (key as RegistryKey | undefined)?.name
  checkName(name)
  return name
}

function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string' || name === '')
    throw new ActorError(
      'EINVAL',
      `A name in the registry is a string that is not empty, not ${String(name)}`,
    )
}
