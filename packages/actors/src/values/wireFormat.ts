/**
 * The types of msgpack's extensions that values use: see `docs/actors/values.md`.
 *
 * `undefined`, `bigInt` and `binary` are those of msgpackr; `timestamp` is msgpack's own.
 */
export const extension = {
  undefined: 0x00,
  invalidDate: 0x01,
  /** A string with half a surrogate pair, which UTF-8 cannot say: UTF-16, little-endian. */
  utf16: 0x02,
  map: 0x03,
  set: 0x04,
  regExp: 0x05,
  error: 0x06,
  boxed: 0x07,
  /** Of an array: an element that is not there. */
  hole: 0x08,
  /** A value in which objects occur more than once. */
  referencing: 0x09,
  /** One of them again: its place in the order in which objects began. */
  reference: 0x0a,
  actorRef: 0x0b,
  bigInt: 0x42,
  binary: 0x74,
  timestamp: 0xff,
} as const

type TypedArrayConstructor = new (
  buffer: ArrayBufferLike,
  byteOffset?: number,
  length?: number,
) => ArrayBufferView

interface BinaryKind {
  readonly name: string
  readonly bytesPerElement: number
  readonly constructor: TypedArrayConstructor
}

function kindOf(constructor: TypedArrayConstructor & { BYTES_PER_ELEMENT?: number }): BinaryKind {
  return {
    name: constructor.name,
    bytesPerElement: constructor.BYTES_PER_ELEMENT ?? 1,
    constructor,
  }
}

/** What the first byte of a `binary` extension says; msgpackr has the same. */
export const binaryKinds = new Map<number, BinaryKind>([
  [0, kindOf(Int8Array)],
  [1, kindOf(Uint8Array)],
  [2, kindOf(Uint8ClampedArray)],
  [3, kindOf(Int16Array)],
  [4, kindOf(Uint16Array)],
  [5, kindOf(Int32Array)],
  [6, kindOf(Uint32Array)],
  [7, kindOf(Float32Array)],
  [8, kindOf(Float64Array)],
  [9, kindOf(BigInt64Array)],
  [10, kindOf(BigUint64Array)],
  [17, kindOf(DataView)],
])
export const arrayBufferCode = 16
export const uint8ArrayCode = 1

/** By the name of the class. */
export const binaryCodes = new Map([...binaryKinds].map(([code, { name }]) => [name, code]))

/** More holes than these in one value are refused: arrays may have 2 ** 32 that take no memory. */
export const MAX_HOLES = 2 ** 20

/** Errors of these classes arrive as such, all others as `Error`. */
export const errorClasses = new Map<string, new (message: string) => Error>(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((built) => [
    built.name,
    built,
  ]),
)
