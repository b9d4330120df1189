/**
 * Rendezvous hashing: of all pairs of the key and a seat, the one with the highest score wins. Where a seat is added
 * or taken away, only the keys that it wins or had won move.
 *
 * @see Thaler and Ravishankar, "A Name-Based Mapping Scheme for Rendezvous", 1996
 */
export function scoreOf(keyHash: number, seat: number): number {
  return mix(keyHash ^ mix(seat + 0x9e3779b9))
}

/** 32 bits of a key: FNV-1a over its characters; a number is not what its digits are. */
export function hashOfKey(key: string | number | bigint | boolean): number {
  const text = typeof key === 'string' ? key : `${typeof key}:${String(key)}`
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return mix(hash)
}

/** Every bit of the result depends on every bit given (the finalizer of MurmurHash3). */
function mix(bits: number): number {
  let mixed = bits | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
