import { types } from 'node:util'
import fc from 'fast-check'
import { ByteWriter } from './byteWriter.ts'
import type { ValueContext } from './valueContext.ts'
import { readValue, writeValue } from './values.ts'

export function encode(value: unknown, context?: ValueContext): Buffer {
  const writer = new ByteWriter()
  writeValue(writer, value, context)
  return writer.take()
}

export function decode(bytes: Buffer, context?: ValueContext): unknown {
  return readValue(bytes, 0, bytes.length, context)
}

export function roundTrip(value: unknown, context?: ValueContext): unknown {
  return decode(encode(value, context), context)
}

const strings = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ maxLength: 80 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
)

const leaves = fc.oneof(
  fc.constantFrom(null, undefined, true, false, -0, 2 ** 53, -(2 ** 53), 2 ** 32, -(2 ** 31) - 1),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
  strings,
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 600 }),
  fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array().map((bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteLength)),
  fc.int8Array(),
  fc.uint8ClampedArray(),
  fc.int16Array(),
  fc.uint16Array(),
  fc.int32Array(),
  fc.uint32Array({ maxLength: 100 }),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
  fc
    .uint8Array({ minLength: 2 })
    .map((bytes) => new DataView(bytes.slice().buffer, 1, bytes.length - 1)),
  fc.constantFrom(/a(b)?/giu, /[\]/]/, new RegExp('')),
  fc
    .oneof(fc.double(), fc.string(), fc.boolean(), fc.bigInt())
    .map((value) => Object(value) as object),
)

const keys = fc.oneof(
  strings,
  fc.constantFrom('__proto__', 'constructor', 'toString', 'length', '0'),
)

/** Whatever structured clone carries, each object once. */
export const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaves,
    tie('array'),
    tie('object'),
    tie('map'),
    tie('set'),
  ),
  array: fc
    .array(
      fc.oneof({ weight: 9, arbitrary: tie('value') }, { weight: 1, arbitrary: fc.constant(fc) }),
    )
    // Where there is the one, there is to be a hole.
    .map((elements) => {
      const array: unknown[] = []
      array.length = elements.length
      for (const [n, element] of elements.entries()) if (element !== fc) array[n] = element
      return array
    }),
  object: fc.dictionary(keys, tie('value'), { noNullPrototype: true }),
  map: fc.array(fc.tuple(tie('value'), tie('value'))).map((entries) => new Map(entries)),
  set: fc.array(tie('value')).map((elements) => new Set(elements)),
})).value

/** Arrays, objects, maps and sets of which some lie in others, or in themselves, more than once. */
export const graphs: fc.Arbitrary<unknown> = fc
  .record({
    kinds: fc.array(fc.constantFrom('array', 'object', 'map', 'set', 'error', 'bytes'), {
      minLength: 1,
      maxLength: 30,
    }),
    edges: fc.array(fc.tuple(fc.nat(29), fc.nat(29)), { maxLength: 60 }),
  })
  .map(({ kinds, edges }) => {
    const nodes = kinds.map(makeNode)
    for (const [n, node] of nodes.entries()) if (n > 0) attach(nodes[n >> 1]!, node)
    for (const [from, to] of edges) {
      if (from < nodes.length && to < nodes.length) attach(nodes[from]!, nodes[to]!)
    }
    return nodes[0]
  })

function makeNode(kind: string): object {
  if (kind === 'array') return []
  if (kind === 'object') return {}
  if (kind === 'map') return new Map()
  if (kind === 'set') return new Set()
  return kind === 'error' ? new Error('one of many') : new Uint8Array(3)
}

function attach(node: object, other: object): void {
  if (Array.isArray(node)) node.push(other)
  else if (node instanceof Map) node.set(other, other)
  else if (node instanceof Set) node.add(other)
  else if (node instanceof Error) node.cause = other
  else if (!(node instanceof Uint8Array)) Object.assign(node, { [Object.keys(node).length]: other })
}

/**
 * Whether two values are the same to the bit and of the same shape: where one has an object twice, so has
 * the other. Neither Node's nor vitest's equality takes invalid dates for the same in all places.
 */
export function isSameGraph(
  left: unknown,
  right: unknown,
  met = new Map<unknown, unknown>(),
): boolean {
  if (typeof left !== 'object' || left === null) return Object.is(left, right)
  if (met.has(left)) return met.get(left) === right
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false
  met.set(left, right)
  const ours = partsOf(left)
  const theirs = partsOf(right as object)
  return ours.length === theirs.length && ours.every((part, n) => isSameGraph(part, theirs[n], met))
}

function partsOf(object: object): unknown[] {
  if (object instanceof Map) return [...object].flat()
  if (object instanceof Set) return [...object]
  if (object instanceof Error) return [object.message, object.stack, object.cause]
  if (object instanceof Date) return [object.getTime()]
  if (object instanceof RegExp) return [object.source, object.flags]
  if (object instanceof ArrayBuffer) return [...new Uint8Array(object)]
  if (ArrayBuffer.isView(object)) {
    return [...new Uint8Array(object.buffer, object.byteOffset, object.byteLength)]
  }
  if (types.isBoxedPrimitive(object)) return [object.valueOf()]
  const fields = Object.entries(object).flat()
  return Array.isArray(object) ? [object.length, ...fields] : fields
}
