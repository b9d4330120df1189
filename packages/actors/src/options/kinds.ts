import { typeOf, type Kind } from './checkOptions.ts'

/** @param what in words, to follow "must be" */
export const must = (what: string, accepts: (value: unknown) => boolean): Kind => ({
  what,
  fault: (value, name) =>
    value === undefined || accepts(value)
      ? undefined
      : `${name} must be ${what}, not ${shown(value)}`,
})

/** As `must`, of what nobody should read in a log. */
export const mustSecretly = (what: string, accepts: (value: unknown) => boolean): Kind => ({
  what,
  fault: (value, name) =>
    value === undefined || accepts(value)
      ? undefined
      : `${name} must be ${what}, not ${typeOf(value)}`,
})

/**
 * Given as undefined, such as from an environment that does not have it, it is no less meant: what protects
 * something must not be gone by that.
 */
export const stated = (kind: Kind): Kind => ({
  what: kind.what,
  fault: (value, name) =>
    value === undefined
      ? `${name} is undefined: leave it out, or give ${kind.what}`
      : kind.fault(value, name),
})

export const flag = must('true or false', (value) => typeof value === 'boolean')

export const text = must('a string', (value) => typeof value === 'string')

export const callable = must('a function', (value) => typeof value === 'function')

/** The signal, and not what makes it. */
export const abortSignal = must(
  'an AbortSignal (of a controller: controller.signal)',
  (value) => value instanceof AbortSignal,
)

export const whole = (least: number, most: number = Number.MAX_SAFE_INTEGER): Kind =>
  must(
    `a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`,
    (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  )

/** A number, or `Infinity`. */
export const atLeast = (least: number, unit: string = ''): Kind =>
  must(
    `a number${unit && ` of ${unit}`} from ${least}`,
    (value) => typeof value === 'number' && value >= least,
  )

/** A time, or `Infinity`. */
export const milliseconds = (least: number): Kind => atLeast(least, 'milliseconds')

export const oneOf = (...values: readonly string[]): Kind =>
  must(`one of ${values.join(', ')}`, (value) => values.includes(value as string))

export const textsOf = (what: string): Kind =>
  must(
    `an array of ${what}`,
    (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  )

const LONGEST = 60

/** A value in few words. */
function shown(value: unknown): string {
  if (typeof value === 'string') {
    const whole = JSON.stringify(value)
    return whole.length <= LONGEST ? whole : `${whole.slice(0, LONGEST)}…`
  }
  return typeof value === 'object' || typeof value === 'function'
    ? typeOf(value)
    : String(value as number)
}
