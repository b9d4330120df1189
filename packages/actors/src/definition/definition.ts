import { ActorError } from '../errors.ts'
import { typeOf } from '../options/checkOptions.ts'
import type { Priority } from '../host/priorityMailbox.ts'
import type {
  ActorSchema,
  HandlersFor,
  SpawnArgumentsFor,
  TakesWhatItMakes,
} from '../schema/actorSchema.ts'
import {
  checkDefinitionOptions,
  checkSpawnOptions,
  type DefinitionOptions,
  type SpawnOptions,
} from './spawnOptions.ts'
import { importModule } from './importModule.ts'
import { moduleUrl, type ModuleName } from './moduleUrl.ts'
import type { Factory, Handlers } from './types.ts'

/** Every definition that this thread's modules have made, by where and by what name. */
const definitions = new Map<string, ActorDefinition<never[], Handlers>>()

const keyOf = (url: string, name: string): string => `${url}#${name}`

/** What an actor is: the file that defines it, its name there, and the factory of its handlers. */
export class ActorDefinition<Args extends unknown[] = unknown[], H = Handlers> {
  /** The module that made it: hosts import it from there. */
  readonly url: string
  readonly name: string
  /** @internal */
  readonly factory: Factory<Args, H>
  /** @internal */
  readonly options: SpawnOptions
  /** @internal Functions do not travel: it is that of the definition which a host has loaded. */
  readonly priority: Priority | undefined
  /** @internal Does not travel either. */
  readonly schema: ActorSchema | undefined

  /** @internal Of options that are checked. */
  constructor(url: string, name: string, factory: Factory<Args, H>, options: DefinitionOptions) {
    const { priority, schema, ...others } = options
    this.url = url
    this.name = name
    this.factory = factory
    this.options = others
    this.priority = priority
    this.schema = schema
  }

  /**
   * The same definition, with options for those who are spawned from it.
   *
   * @throws {ActorError} `EINVAL`
   */
  with(options: SpawnOptions): ActorDefinition<Args, H> {
    checkSpawnOptions(this.name, options)
    return this.#like({ ...this.options, ...options })
  }

  /** @internal The same definition for several actors: they cannot all have its name, nor end with one spawn. */
  unnamed(): ActorDefinition<Args, H> {
    const { name: _, signal: __, ...options } = this.options
    return this.#like(options)
  }

  #like(options: SpawnOptions): ActorDefinition<Args, H> {
    const { url, name, factory, priority, schema } = this
    const functions = {
      ...(priority !== undefined && { priority }),
      ...(schema !== undefined && { schema }),
    }
    return new ActorDefinition(url, name, factory, { ...options, ...functions })
  }
}

/** @param where it is given to @throws {ActorError} `EINVAL` */
export function expectDefinition(where: string, given: unknown): void {
  if (given instanceof ActorDefinition) return
  throw new ActorError(
    'EINVAL',
    `${where} needs what defineActor has returned, not ${typeOf(given)}`,
  )
}

/**
 * Defines a kind of actor. To be called while the module loads, so that a host thread which imports
 * the module finds the definition; the result need not be exported for that.
 *
 * @param url `import.meta.url` of the calling module; in CommonJS `__filename`
 * @param name unique within the module
 * @param factory returns the handlers; may be async, then the actor is ready when it settles
 * @param options of all its actors, unless `.with` gives others
 * @throws {ActorError} `EINVAL`: no url, no name, no function, a bad option or schema, or the module has the name already
 */
export function defineActor<
  const S extends ActorSchema,
  Args extends SpawnArgumentsFor<S>,
  H extends HandlersFor<S>,
>(
  url: ModuleName,
  name: string,
  factory: Factory<Args, H>,
  options: DefinitionOptions<S & TakesWhatItMakes<S>> = {},
): ActorDefinition<Args, H> {
  const module = moduleUrl('A definition', url)
  if (typeof name !== 'string' || name === '')
    throw new ActorError('EINVAL', 'A definition needs a name')
  if (typeof factory !== 'function')
    throw new ActorError('EINVAL', `The definition ${name} needs a function that returns handlers`)
  const key = keyOf(module, name)
  if (definitions.has(key)) throw new ActorError('EINVAL', `${module} defines ${name} twice`)
  checkDefinitionOptions(name, options)
  const definition = new ActorDefinition(module, name, factory, options)
  definitions.set(key, definition as never)
  return definition
}

/**
 * The definition, from the module that makes it, which is imported only if this thread has not the definition yet.
 *
 * @throws {ActorError} `ELOAD`: the module cannot be imported, not within 20 seconds, or defines no such actor
 */
export async function loadDefinition(url: string, name: string): Promise<ActorDefinition> {
  const known = definitionOf(url, name)
  if (known !== undefined) return known
  await importModule(url, 'a host')
  const loaded = definitionOf(url, name)
  if (loaded !== undefined) return loaded
  throw new ActorError('ELOAD', `${url} defines no actor ${name} when a host imports it`)
}

/** The definition, if the module that makes it was imported in this thread. */
const definitionOf = (url: string, name: string): ActorDefinition | undefined =>
  definitions.get(keyOf(url, name)) as ActorDefinition | undefined
