/**
 * The class that Node makes its buffers of. `Buffer.from(buffer, offset, length)` does the same
 * and checks its arguments anew each time, which takes longer than making the view.
 *
 * @see TypedArray species, ECMA-262; Node answers it with the class that Buffer stands for
 */
const FastBuffer = (
  Buffer as unknown as Record<
    symbol,
    new (buffer: ArrayBufferLike, offset: number, length: number) => Buffer
  >
)[Symbol.species]!

/** A Buffer over part of `buffer`, which may be shared. */
export const bufferOver = (buffer: ArrayBufferLike, offset: number, length: number): Buffer =>
  new FastBuffer(buffer, offset, length)
