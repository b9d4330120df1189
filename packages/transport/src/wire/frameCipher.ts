/** What an encrypting mechanism does to every frame after the handshake. */
export interface FrameCipher {
  /**
   * Encrypts a message's frame, or a command's body.
   *
   * @param flags `more` or `command`, or none
   * @returns the body of the frame that carries it, of its own memory
   */
  seal(body: Uint8Array, flags: number): Buffer
  /**
   * Decrypts, where it lies, the body of a frame that carries another one; `flags` are then that
   * one's.
   *
   * @throws {WireError} `INVALID_SEQUENCE`, `CRYPTOGRAPHIC`, `MALFORMED_COMMAND`,
   *   `UNEXPECTED_COMMAND`
   */
  open(body: Buffer): Buffer
  /** The flags of the frame that was opened last. */
  readonly flags: number
  /** The connection is gone: forgets its keys, and must not be used any more. */
  close(): void
}
