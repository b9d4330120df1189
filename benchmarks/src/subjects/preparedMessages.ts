import { Buffer } from 'node:buffer'

/** Messages are prepared once and sent in turn; message n of a run is prepared message n % POOL_SIZE. */
export const POOL_SIZE = 64

/** How many messages a batch holds where the subject may choose: a multiple of POOL_SIZE. */
export const BATCH_SIZE = 256

/**
 * Messages whose every byte is their number modulo POOL_SIZE. Each has an ArrayBuffer of its own:
 * `postMessage` would clone all of a shared one.
 */
export function prepareMessages(size: number, count = POOL_SIZE): Buffer[] {
  return Array.from({ length: count }, (_, n) =>
    Buffer.from(new ArrayBuffer(size)).fill(n % POOL_SIZE),
  )
}

/** Checks what a receiver gets: order, length and first byte of every message. */
export class Receipt {
  readonly #size: number
  #next = 0

  constructor(size: number) {
    this.#size = size
  }

  take(message: Uint8Array): void {
    if (message.length !== this.#size || message[0] !== this.#next % POOL_SIZE) this.#fail(message)
    this.#next++
  }

  #fail(message: Uint8Array): never {
    const got = `${message.length} bytes beginning with ${message[0]}`
    throw new Error(`message ${this.#next} is wrong: ${got}`)
  }
}

/** As a Receipt, and looks at every byte of the first POOL_SIZE messages; for the warm-up. */
export class ThoroughReceipt extends Receipt {
  #left = POOL_SIZE

  override take(message: Uint8Array): void {
    super.take(message)
    if (this.#left-- > 0 && !message.every((byte) => byte === message[0])) {
      throw new Error('a message holds bytes of another')
    }
  }
}
