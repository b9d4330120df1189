import { ActorError, type SchemaIssue } from '../errors.ts'
import { rowOf, type ActorSchema, type ArgumentSchemas } from './actorSchema.ts'
import { refusalOf } from './issues.ts'
import type { StandardSchema } from './standardSchema.ts'

type Result = Awaited<ReturnType<StandardSchema['~standard']['validate']>>

/**
 * Checks arguments, each by its schema; those that are missing count as undefined.
 *
 * @param what they are the arguments of, for people
 * @returns what the schemas have made of them; a promise if one of the schemas gives one
 * @throws {ActorError} `ESCHEMA`, with the issues; or with a cause, if a schema has thrown
 */
export function checkArguments(
  schemas: ArgumentSchemas,
  args: readonly unknown[],
  what: string,
): unknown[] | Promise<unknown[]> {
  const row = rowOf(schemas)
  if (args.length > row.length) throw refusalOf([superfluous(args.length, row.length)], what)
  const results = row.map((schema, n) => resultOf(schema, args[n]))
  if (results.every(isHere)) return valuesOf(results, args.length, what)
  return settled(results, what).then((all) => valuesOf(all, args.length, what))
}

async function settled(
  results: readonly (Result | Promise<Result>)[],
  what: string,
): Promise<Result[]> {
  try {
    return await Promise.all(results.map((result) => Promise.resolve(result)))
  } catch (cause) {
    throw new ActorError('ESCHEMA', `${what}: a schema has thrown`, { cause })
  }
}

/**
 * The arguments that an actor is spawned with, checked if that is wanted.
 *
 * @throws {ActorError} as `checkArguments`
 */
export function spawnArguments(
  { name, schema }: { readonly name: string; readonly schema: ActorSchema | undefined },
  args: unknown[],
  isFromOutside: boolean,
): unknown[] | Promise<unknown[]> {
  if (schema?.spawn === undefined || (!isFromOutside && schema.check !== 'always')) return args
  return checkArguments(schema.spawn, args, name)
}

/** What a schema throws is a promise that rejects, so that nothing is left over of those beside it. */
function resultOf(schema: StandardSchema, value: unknown): Result | Promise<Result> {
  try {
    return schema['~standard'].validate(value)
  } catch (error) {
    return Promise.reject(error)
  }
}

/** @param given how many arguments there were: a handler sees by that which are missing */
function valuesOf(results: readonly Result[], given: number, what: string): unknown[] {
  const issues = results.flatMap((result, n) =>
    Array.from(result.issues ?? [], ({ message, path = [] }): SchemaIssue => ({
      message,
      // Both may be kinds of arrays whose `map` makes another of that kind.
      path: [n, ...Array.from(path, keyOf)],
    })),
  )
  if (issues.length > 0) throw refusalOf(issues, what)
  const values = results.map((result) => ('value' in result ? result.value : undefined))
  while (values.length > given && values.at(-1) === undefined) values.pop()
  return values
}

function keyOf(segment: PropertyKey | { readonly key: PropertyKey }): string | number {
  const key = typeof segment === 'object' ? segment.key : segment
  return typeof key === 'symbol' ? String(key) : key
}

const superfluous = (given: number, taken: number): SchemaIssue => ({
  message: `There are ${given} arguments, and ${taken} at most are taken`,
  path: [taken],
})

const isHere = (result: Result | Promise<Result>): result is Result => !('then' in result)
