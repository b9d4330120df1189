import { inspect, type InspectOptions } from 'node:util'

/**
 * What `console.log` and `util.inspect` call to show an object: the key of a method. Without it they
 * show what makes an object uncloneable, and nothing else, for all the rest is private.
 */
export const show: typeof inspect.custom = inspect.custom

/**
 * An object as its class and what is worth knowing of it: `Push { bound: [], … }`.
 *
 * @param facts undefined of an object that has the class's prototype and was not made by its constructor
 */
export const outline = (
  object: object,
  facts: object | undefined,
  depth: number,
  options: InspectOptions,
): string => `${object.constructor.name} ${inspect(facts ?? {}, { ...options, depth })}`
