import { ActorError } from '../errors.ts'
import { nearest } from './nearest.ts'

/** What the value of an option has to be. */
export interface Kind {
  /** In words, to follow "must be". */
  readonly what: string
  /** @returns what is wrong with it, in words, its name included; undefined: nothing */
  fault(value: unknown, name: string): string | undefined
}

/** A kind for every option that there is: one without would not compile. */
export type Kinds<T> = Readonly<Record<keyof T & string, Kind>>

/**
 * Refuses options that nobody would look at, and values that nothing could be made of. To be called where
 * options are given, not where they are used: a call of an actor costs none of it.
 *
 * @param where what they are given to, for people
 * @throws {ActorError} `EINVAL`, with the name of the option
 */
export function checkOptions<T extends object>(where: string, given: T, kinds: Kinds<T>): void {
  const fault = faultIn(given, kinds, '', [])
  if (fault !== undefined) throw new ActorError('EINVAL', `${where}: ${fault}`)
}

/** Options in an option. @param required those that must be given */
export const group = <Name extends string>(
  kinds: Readonly<Record<Name, Kind>>,
  required: readonly NoInfer<Name>[] = [],
): Kind => ({
  what: `an object with ${Object.keys(kinds).join(', ')}`,
  fault: (value, name) =>
    value === undefined ? undefined : faultIn(value, kinds, `${name}.`, required),
})

/** What is given, without what is undefined, on top of the defaults. */
export const complete = <T extends object>(defaults: T, given: Partial<T> = {}): T => ({
  ...defaults,
  ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
})

function faultIn(
  given: unknown,
  kinds: Readonly<Record<string, Kind>>,
  prefix: string,
  required: readonly string[],
): string | undefined {
  if (typeof given !== 'object' || given === null) {
    const what = prefix === '' ? 'its options' : prefix.slice(0, -1)
    return `${what} must be an object with ${Object.keys(kinds).join(', ')}, not ${typeOf(given)}`
  }
  for (const name in given) {
    if (!Object.hasOwn(kinds, name)) return unknownOption(prefix, name, Object.keys(kinds))
    const value = (given as Readonly<Record<string, unknown>>)[name]
    const fault = kinds[name]!.fault(value, prefix === '' ? name : prefix + name)
    if (fault !== undefined) return fault
  }
  for (const name of required)
    if ((given as Readonly<Record<string, unknown>>)[name] === undefined)
      return `${prefix}${name} is missing: it must be ${kinds[name]!.what}`
  return undefined
}

function unknownOption(prefix: string, name: string, names: readonly string[]): string {
  const near = nearest(name, names)
  return near === undefined
    ? `${prefix}${name} is no option; there are: ${names.join(', ')}`
    : `${prefix}${name} is no option; the nearest is ${prefix}${near}`
}

/** What a value is, without what it holds: it may be a secret. */
export function typeOf(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (typeof value !== 'object') return `a ${typeof value}`
  const { name = '' } = (value.constructor as { name?: string } | undefined) ?? {}
  return name === '' || name === 'Object' ? 'an object' : `an object of ${name}`
}
