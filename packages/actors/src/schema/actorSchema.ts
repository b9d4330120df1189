import { ActorError } from '../errors.ts'
import { isStandardSchema, type StandardSchema } from './standardSchema.ts'

// `any` so that schemas of all types match.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnySchema = StandardSchema<any, any>

/** Of the only argument, or of each in a row: there may be no more than there are schemas. */
export type ArgumentSchemas = AnySchema | readonly AnySchema[]

const checks = ['outside', 'always'] as const

/**
 * What an actor may be spawned with and sent. Handlers have what the schema has made of an argument: unknown
 * fields removed, defaults filled in.
 */
export interface ActorSchema {
  /** Of the arguments of the factory. Default: they are not checked. */
  readonly spawn?: ArgumentSchemas
  /** Of the arguments of messages, by their names. Those that are not named are not checked. */
  readonly messages?: { readonly [method: string]: ArgumentSchemas }
  /**
   * What is checked: what comes from other nodes, where types promise nothing, or everything. Default
   * `'outside'`.
   */
  readonly check?: (typeof checks)[number]
}

type Types<S> = S extends AnySchema ? NonNullable<S['~standard']['types']> : never

/** The arguments that schemas let through. */
export type ArgumentsFor<S> = S extends readonly unknown[]
  ? { -readonly [K in keyof S]: Types<S[K]>['output'] }
  : [Types<S>['output']]

/** The arguments that a factory has to take. */
export type SpawnArgumentsFor<S> = S extends { readonly spawn: infer A }
  ? ArgumentsFor<A>
  : unknown[]

/** The handlers that an actor has to have. */
export type HandlersFor<S> = S extends { readonly messages: infer M }
  ? { readonly [K in keyof M]: (...args: ArgumentsFor<M[K]>) => unknown }
  : object

/**
 * Schemas that take what they make: who sends from within is not checked, and who sends from elsewhere has the
 * same types. One that makes numbers of texts takes a number as well.
 */
export type TakesWhatItMakes<S> = S extends AnySchema
  ? [Types<S>['output']] extends [Types<S>['input']]
    ? S
    : StandardSchema<Types<S>['output']>
  : S extends object
    ? { [K in keyof S]: TakesWhatItMakes<S[K]> }
    : S

/** @throws {ActorError} `EINVAL`, which names what is no schema */
export function checkActorSchema({ spawn, messages = {}, check = 'outside' }: ActorSchema): void {
  if (!checks.includes(check))
    throw new ActorError(
      'EINVAL',
      `check must be one of ${checks.join(', ')}, not ${String(check)}`,
    )
  if (spawn !== undefined) checkSchemas(spawn, 'spawn')
  for (const [method, schemas] of Object.entries(messages)) checkSchemas(schemas, method)
}

function checkSchemas(schemas: ArgumentSchemas, what: string): void {
  for (const schema of rowOf(schemas))
    if (!isStandardSchema(schema))
      throw new ActorError(
        'EINVAL',
        `schema: what is given for ${what} is no schema (https://standardschema.dev), nor an array of such`,
      )
}

const isRow = (schemas: ArgumentSchemas): schemas is readonly AnySchema[] => Array.isArray(schemas)

/** The schemas of all arguments. */
export const rowOf = (schemas: ArgumentSchemas): readonly AnySchema[] =>
  isRow(schemas) ? schemas : [schemas]
