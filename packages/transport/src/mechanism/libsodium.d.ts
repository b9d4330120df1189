/** What is used of libsodium compiled to WebAssembly; the package has no types of its own. */
declare module 'libsodium-sumo' {
  /** Addresses are places in `HEAPU8`; 64-bit numbers are two arguments, the low half first. */
  export interface SodiumModule {
    readonly HEAPU8: Uint8Array
    _malloc(bytes: number): number
    _sodium_init(): number
    _crypto_scalarmult_base(publicKey: number, secretKey: number): number
    _crypto_box_beforenm(sharedKey: number, publicKey: number, secretKey: number): number
    _crypto_core_hsalsa20(out: number, input: number, key: number, constants: 0): number
    _crypto_stream_salsa20(
      out: number,
      lengthLow: number,
      lengthHigh: number,
      nonce: number,
      key: number,
    ): number
    _crypto_stream_salsa20_xor_ic(
      out: number,
      input: number,
      lengthLow: number,
      lengthHigh: number,
      nonce: number,
      blockLow: number,
      blockHigh: number,
      key: number,
    ): number
    _crypto_onetimeauth(
      tag: number,
      input: number,
      lengthLow: number,
      lengthHigh: number,
      key: number,
    ): number
    _crypto_onetimeauth_statebytes(): number
    _crypto_onetimeauth_init(state: number, key: number): number
    _crypto_onetimeauth_update(
      state: number,
      input: number,
      lengthLow: number,
      lengthHigh: number,
    ): number
    _crypto_onetimeauth_final(state: number, tag: number): number
    _crypto_verify_16(a: number, b: number): number
  }

  export default function load(options: { getRandomValue(): number }): Promise<SodiumModule>
}
