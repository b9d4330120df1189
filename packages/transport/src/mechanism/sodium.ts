import { randomInt } from 'node:crypto'
import type { SodiumModule } from 'libsodium-sumo'

export const KEY_BYTES = 32
const NONCE_BYTES = 24
/** A box is so much longer than what is in it. */
export const BOX_BYTES = 16

/**
 * A box is made in pieces, so that messages of any size need no more memory than this: whole blocks, in
 * the first of which lie 64 KiB, their flags, and the key of their authenticator.
 */
const PIECE_BYTES = 65_600
const BLOCK_BYTES = 64
/** The key stream begins with the key of the authenticator; what is encrypted follows. */
const AUTHENTICATOR_KEY_BYTES = 32
/** So much is encrypted together with the zeros that become that key. */
const FIRST_PIECE_BYTES = PIECE_BYTES - AUTHENTICATOR_KEY_BYTES
/** Longer than this, `TypedArray.set` is faster than a loop. */
const LOOP_BYTES = 48

/**
 * The cryptography of CURVE: X25519 and XSalsa20-Poly1305, as NaCl's `crypto_box` has them, from
 * libsodium compiled to WebAssembly.
 *
 * Keys and plaintext stay in its memory until they are overwritten by the next use.
 *
 * @see docs/decisions/0013-curve-crypto.md
 */
export class Sodium {
  readonly #module: SodiumModule
  readonly #heap: Uint8Array
  readonly #publicKey: number
  readonly #secretKey: number
  readonly #sharedKey: number
  readonly #nonce: number
  readonly #authenticatorKey: number
  readonly #authenticator: number
  readonly #givenTag: number
  readonly #tag: number
  readonly #piece: number
  /** Of a box that is made in one piece: zeros in the place of the key, and what is behind them. */
  readonly #input: number
  readonly #output: number

  /** Use `loadSodium`. */
  constructor(module: SodiumModule) {
    this.#module = module
    this.#publicKey = module._malloc(KEY_BYTES)
    this.#secretKey = module._malloc(KEY_BYTES)
    this.#sharedKey = module._malloc(KEY_BYTES)
    this.#nonce = module._malloc(NONCE_BYTES)
    this.#authenticatorKey = module._malloc(AUTHENTICATOR_KEY_BYTES)
    this.#authenticator = module._malloc(module._crypto_onetimeauth_statebytes())
    this.#givenTag = module._malloc(BOX_BYTES)
    this.#tag = module._malloc(BOX_BYTES)
    this.#piece = module._malloc(PIECE_BYTES)
    this.#input = module._malloc(PIECE_BYTES)
    this.#output = module._malloc(PIECE_BYTES)
    // All that is ever needed is there, so that the memory does not grow and move any more.
    this.#heap = module.HEAPU8
    this.#heap.fill(0, this.#input, this.#input + AUTHENTICATOR_KEY_BYTES)
  }

  /** The public key that belongs to a secret key. */
  publicKey(secretKey: Uint8Array): Buffer {
    this.#heap.set(secretKey, this.#secretKey)
    this.#module._crypto_scalarmult_base(this.#publicKey, this.#secretKey)
    return this.#copy(this.#publicKey, KEY_BYTES)
  }

  /**
   * The key that two sides share (`crypto_box_beforenm`); undefined when the public key is one with
   * which every secret key gives the same.
   */
  sharedKey(publicKey: Uint8Array, secretKey: Uint8Array): Buffer | undefined {
    this.#heap.set(publicKey, this.#publicKey)
    this.#heap.set(secretKey, this.#secretKey)
    const failed = this.#module._crypto_box_beforenm(
      this.#sharedKey,
      this.#publicKey,
      this.#secretKey,
    )
    return failed === 0 ? this.#copy(this.#sharedKey, KEY_BYTES) : undefined
  }

  /**
   * The key for all nonces that begin with the same 16 bytes: the first half of XSalsa20, which is
   * the same for all messages of one direction.
   */
  prefixKey(sharedKey: Uint8Array, noncePrefix: Uint8Array): Buffer {
    this.#heap.set(sharedKey, this.#sharedKey)
    this.#heap.set(noncePrefix, this.#nonce)
    this.#module._crypto_core_hsalsa20(this.#publicKey, this.#nonce, this.#sharedKey, 0)
    return this.#copy(this.#publicKey, KEY_BYTES)
  }

  /** Makes a box: `crypto_box_easy_afternm`. */
  box(sharedKey: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Buffer {
    const bytes = Buffer.alloc(BOX_BYTES + plaintext.length)
    bytes.set(plaintext, BOX_BYTES)
    this.seal(this.prefixKey(sharedKey, nonce.subarray(0, 16)), nonce, 16, bytes, 0, bytes.length)
    return bytes
  }

  /** Opens a box; undefined when it was not made with this key and nonce. */
  openBox(sharedKey: Uint8Array, nonce: Uint8Array, box: Uint8Array): Buffer | undefined {
    const bytes = Buffer.from(box)
    const key = this.prefixKey(sharedKey, nonce.subarray(0, 16))
    if (!this.open(key, nonce, 16, bytes, 0, bytes.length)) return undefined
    return bytes.subarray(BOX_BYTES)
  }

  /**
   * Makes a box where its plaintext lies.
   *
   * @param prefixKey of the first 16 bytes of the nonce
   * @param nonce where, at `nonceAt`, the last 8 bytes of the nonce are
   * @param bytes where, at `at`, the box is to be of `length` bytes; the plaintext is behind its
   *   first 16
   */
  seal(
    prefixKey: Uint8Array,
    nonce: Uint8Array,
    nonceAt: number,
    bytes: Uint8Array,
    at: number,
    length: number,
  ): void {
    const module = this.#module
    this.#setKey(prefixKey, nonce, nonceAt)
    if (length - BOX_BYTES <= FIRST_PIECE_BYTES) {
      this.#sealPiece(bytes, at, length - BOX_BYTES)
      return
    }
    this.#beginAuthentication()
    const end = at + length
    let skipped = AUTHENTICATOR_KEY_BYTES
    let block = 0
    for (let from = at + BOX_BYTES; from < end;) {
      const count = Math.min(end - from, PIECE_BYTES - skipped)
      this.#copyIn(bytes, from, this.#piece + skipped, count)
      this.#applyKeyStream(skipped + count, block)
      module._crypto_onetimeauth_update(this.#authenticator, this.#piece + skipped, count, 0)
      this.#copyOut(this.#piece + skipped, bytes, from, count)
      from += count
      skipped = 0
      block += PIECE_BYTES / BLOCK_BYTES
    }
    module._crypto_onetimeauth_final(this.#authenticator, this.#tag)
    this.#copyOut(this.#tag, bytes, at, BOX_BYTES)
  }

  /**
   * Opens a box where it lies: the plaintext is then behind its first 16 bytes. False, and nothing
   * has changed, when it was not made with this key and nonce.
   *
   * The arguments are those of `seal`.
   */
  open(
    prefixKey: Uint8Array,
    nonce: Uint8Array,
    nonceAt: number,
    bytes: Uint8Array,
    at: number,
    length: number,
  ): boolean {
    if (length < BOX_BYTES) return false
    this.#setKey(prefixKey, nonce, nonceAt)
    if (length - BOX_BYTES <= FIRST_PIECE_BYTES) {
      return this.#openPiece(bytes, at, length - BOX_BYTES)
    }
    this.#beginAuthentication()
    const end = at + length
    if (!this.#isAuthentic(bytes, at, end)) return false
    let skipped = AUTHENTICATOR_KEY_BYTES
    let block = 0
    for (let from = at + BOX_BYTES; from < end;) {
      const count = Math.min(end - from, PIECE_BYTES - skipped)
      this.#copyIn(bytes, from, this.#piece + skipped, count)
      this.#applyKeyStream(skipped + count, block)
      this.#copyOut(this.#piece + skipped, bytes, from, count)
      from += count
      skipped = 0
      block += PIECE_BYTES / BLOCK_BYTES
    }
    return true
  }

  /** Whether the tag is that of the ciphertext. Compares in constant time. */
  #isAuthentic(bytes: Uint8Array, at: number, end: number): boolean {
    const module = this.#module
    const piece = this.#piece + AUTHENTICATOR_KEY_BYTES
    for (let from = at + BOX_BYTES; from < end;) {
      const count = Math.min(end - from, PIECE_BYTES - AUTHENTICATOR_KEY_BYTES)
      this.#copyIn(bytes, from, piece, count)
      module._crypto_onetimeauth_update(this.#authenticator, piece, count, 0)
      from += count
    }
    module._crypto_onetimeauth_final(this.#authenticator, this.#tag)
    return this.#hasTag(bytes, at)
  }

  #hasTag(bytes: Uint8Array, at: number): boolean {
    this.#copyIn(bytes, at, this.#givenTag, BOX_BYTES)
    return this.#module._crypto_verify_16(this.#tag, this.#givenTag) === 0
  }

  #sealPiece(bytes: Uint8Array, at: number, count: number): void {
    const text = at + BOX_BYTES
    this.#copyIn(bytes, text, this.#input + AUTHENTICATOR_KEY_BYTES, count)
    this.#cipherPiece(count)
    this.#authenticatePiece(this.#output, count)
    this.#copyOut(this.#output + AUTHENTICATOR_KEY_BYTES, bytes, text, count)
    this.#copyOut(this.#tag, bytes, at, BOX_BYTES)
  }

  /** It is decrypted together with the key that tells whether it is authentic; nobody sees it before. */
  #openPiece(bytes: Uint8Array, at: number, count: number): boolean {
    const text = at + BOX_BYTES
    this.#copyIn(bytes, text, this.#input + AUTHENTICATOR_KEY_BYTES, count)
    this.#cipherPiece(count)
    this.#authenticatePiece(this.#input, count)
    if (!this.#hasTag(bytes, at)) return false
    this.#copyOut(this.#output + AUTHENTICATOR_KEY_BYTES, bytes, text, count)
    return true
  }

  /** From the input to the output, at whose begin the authenticator's key is then. */
  #cipherPiece(count: number): void {
    const length = AUTHENTICATOR_KEY_BYTES + count
    this.#module._crypto_stream_salsa20_xor_ic(
      this.#output,
      this.#input,
      length,
      0,
      this.#nonce,
      0,
      0,
      this.#sharedKey,
    )
  }

  /** @param piece the one that is ciphertext */
  #authenticatePiece(piece: number, count: number): void {
    const text = piece + AUTHENTICATOR_KEY_BYTES
    this.#module._crypto_onetimeauth(this.#tag, text, count, 0, this.#output)
  }

  #setKey(prefixKey: Uint8Array, nonce: Uint8Array, nonceAt: number): void {
    this.#copyIn(prefixKey, 0, this.#sharedKey, KEY_BYTES)
    this.#copyIn(nonce, nonceAt, this.#nonce, 8)
  }

  #beginAuthentication(): void {
    const module = this.#module
    module._crypto_stream_salsa20(
      this.#authenticatorKey,
      AUTHENTICATOR_KEY_BYTES,
      0,
      this.#nonce,
      this.#sharedKey,
    )
    module._crypto_onetimeauth_init(this.#authenticator, this.#authenticatorKey)
  }

  #applyKeyStream(bytes: number, block: number): void {
    this.#module._crypto_stream_salsa20_xor_ic(
      this.#piece,
      this.#piece,
      bytes,
      0,
      this.#nonce,
      block,
      0,
      this.#sharedKey,
    )
  }

  #copyIn(from: Uint8Array, at: number, to: number, count: number): void {
    const heap = this.#heap
    if (count > LOOP_BYTES) heap.set(from.subarray(at, at + count), to)
    else for (let i = 0; i < count; i++) heap[to + i] = from[at + i]!
  }

  #copyOut(from: number, to: Uint8Array, at: number, count: number): void {
    const heap = this.#heap
    if (count > LOOP_BYTES) to.set(heap.subarray(from, from + count), at)
    else for (let i = 0; i < count; i++) to[at + i] = heap[from + i]!
  }

  #copy(from: number, count: number): Buffer {
    return Buffer.from(this.#heap.subarray(from, from + count))
  }
}

let loading: Promise<Sodium> | undefined

/** Loads the cryptography of CURVE, once in a thread; it takes some 50 ms and 8 MB. */
export function loadSodium(): Promise<Sodium> {
  loading ??= load()
  return loading
}

async function load(): Promise<Sodium> {
  const { default: compile } = await import('libsodium-sumo')
  const module = await compile({ getRandomValue: () => randomInt(0x1_0000_0000) })
  if (module._sodium_init() < 0) throw new Error('libsodium does not start')
  return new Sodium(module)
}
