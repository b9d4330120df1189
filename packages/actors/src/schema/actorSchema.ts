import { group, typeOf, type Kind } from '../options/checkOptions.ts'
import { must, oneOf, stated } from '../options/kinds.ts'
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

const WHAT = 'a schema (https://standardschema.dev), or an array of such'

const schemas = must(WHAT, (value) => rowOf(value as ArgumentSchemas).every(isStandardSchema))

const messageSchemas: Kind = {
  what: 'schemas by the names of messages',
  fault(value, name) {
    if (value === undefined) return undefined
    if (typeof value !== 'object' || value === null)
      return `${name} must be ${this.what}, not ${typeOf(value)}`
    for (const [method, given] of Object.entries(value)) {
      const fault = stated(schemas).fault(given, `${name}.${method}`)
      if (fault !== undefined) return fault
    }
    return undefined
  },
}

/** As an option of a definition. */
export const actorSchema: Kind = group<keyof ActorSchema>({
  spawn: schemas,
  messages: messageSchemas,
  check: oneOf(...checks),
})

const isRow = (schemas: ArgumentSchemas): schemas is readonly AnySchema[] => Array.isArray(schemas)

/** The schemas of all arguments. */
export const rowOf = (schemas: ArgumentSchemas): readonly AnySchema[] =>
  isRow(schemas) ? schemas : [schemas]
