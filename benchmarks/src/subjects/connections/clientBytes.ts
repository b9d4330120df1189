import { Buffer } from 'node:buffer'

const GREETING_BYTES = 64
const BODY_BYTES = 16

/** What a REQ socket of ZMTP 3.0 says first, without waiting for an answer. */
export const handshake = Buffer.concat([
  Buffer.from('ff00000000000000017f0300', 'hex'),
  Buffer.from('NULL'.padEnd(GREETING_BYTES - 12, '\0')),
  frame(4, Buffer.from('\x05READY\x0bSocket-Type\0\0\0\x03REQ\x08Identity\0\0\0\0', 'latin1')),
])

/** A request, and its answer: an empty frame and 16 bytes. */
export const request = Buffer.concat([
  frame(1, Buffer.alloc(0)),
  frame(0, Buffer.alloc(BODY_BYTES, 'x')),
])

/** Where the length of the command is that follows a greeting, and where it begins itself. */
const LENGTH_AT = GREETING_BYTES + 1
const COMMAND_AT = GREETING_BYTES + 2

function frame(flags: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([flags, body.length]), body])
}

/** Tells by the number of bytes what has come from a peer: its handshake, then answers. */
export class Arrivals {
  #count = 0
  #handshakeBytes = Infinity

  take(bytes: Uint8Array): void {
    const lengthAt = LENGTH_AT - this.#count
    if (lengthAt >= 0 && lengthAt < bytes.length) {
      this.#handshakeBytes = COMMAND_AT + bytes[lengthAt]!
    }
    this.#count += bytes.length
  }

  get hasHandshake(): boolean {
    return this.#count >= this.#handshakeBytes
  }

  /** Whole messages of the length of a request. */
  get messages(): number {
    return this.hasHandshake ? Math.floor((this.#count - this.#handshakeBytes) / request.length) : 0
  }
}
