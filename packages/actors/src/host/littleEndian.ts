/** Numbers out of bytes. A `DataView` of their memory would have to be made, or found: both take longer. */

export const u16 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8)

export const u32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0

/** Where the halves of the number last read are put together. */
const halves = new DataView(new ArrayBuffer(8))

export function f64(bytes: Uint8Array, at: number): number {
  halves.setUint32(0, u32(bytes, at), true)
  halves.setUint32(4, u32(bytes, at + 4), true)
  return halves.getFloat64(0, true)
}
