import { types } from 'node:util'

/**
 * How many prototypes an object has tells a class of the language from one made of it, in every realm:
 * those of a Map are `Map.prototype` and `Object.prototype`, those of a subclass's instance are three.
 */
function countPrototypes(value: object): number {
  let count = 0
  let prototype: unknown = Object.getPrototypeOf(value)
  while (prototype !== null && count < 5) {
    prototype = Object.getPrototypeOf(prototype)
    count++
  }
  return count
}

/** Made by `{}`, in any realm, or by `Object.create(null)`. */
export function isPlainPrototype(value: object): boolean {
  return countPrototypes(value) <= 1
}

/** Of a class of the language itself, not of one that extends it. */
export function isBuiltIn(value: object): boolean {
  const own = types.isTypedArray(value) ? 3 : 2
  return countPrototypes(value) === own
}

/** What an object that is not carried is called: "is a Promise", "is an instance of the class Account". */
export function describeObject(value: object): string {
  if (types.isPromise(value)) return 'is a Promise'
  if (types.isWeakMap(value)) return 'is a WeakMap'
  if (types.isWeakSet(value)) return 'is a WeakSet'
  if (types.isSharedArrayBuffer(value)) {
    return 'is a SharedArrayBuffer, which cannot leave its process'
  }
  if (types.isGeneratorObject(value)) return 'is a generator'
  const name: unknown = (value.constructor as { name?: unknown } | undefined)?.name
  if (typeof name !== 'string' || name === '') return 'is an instance of a class'
  return `is an instance of the class ${name}`
}

const bare = {}

/** Whether somebody has given all objects a property that `for in` would find in each. */
export function isPrototypeTouched(): boolean {
  for (const _ in bare) return true
  return false
}
