/** Up to here a copy word by word takes less time than a call into C++. */
const SET_BYTES = 1024
/** And up to here one byte by byte. */
const SET_UNALIGNED_BYTES = 192
const ALIGNMENT = 7

// The one copy in Node of every version that is a plain memcpy: `TypedArray.set` takes shared memory
// by words where both ends are aligned alike, and otherwise by bytes, and `Buffer.copy` is the same in
// Node 20. Of 64 KiB in the cache this takes a third of the time, of 4 KiB that lie askew a tenth.
const { fill } = Buffer.prototype

/**
 * Copies all of `source` into `target`, where one of the two is shared memory; not onto itself.
 *
 * @param at byte of `target` to begin at; there is to be room behind it
 */
export function copyInto(target: Uint8Array, source: Uint8Array, at: number): void {
  const { length } = source
  if (length <= SET_UNALIGNED_BYTES) target.set(source, at)
  else if (
    (length > SET_BYTES || isAskew(target.byteOffset + at, source.byteOffset)) &&
    isPlain(source, length)
  ) {
    fill.call(target, source, at, at + length)
  } else target.set(source, at)
}

const isAskew = (one: number, other: number): boolean => ((one ^ other) & ALIGNMENT) !== 0

/** Of what only looks like bytes, as a proxy of them, `fill` makes a number, or takes it many times. */
const isPlain = (source: Uint8Array, length: number): boolean =>
  ArrayBuffer.isView(source) && source.byteLength === length
