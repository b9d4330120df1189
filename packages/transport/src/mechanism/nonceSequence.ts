import { readUint32, writeUint32 } from '../wire/frame.ts'

/** The nonces that one side sends: 1, 2, 3 and so on. */
export class OwnNonces {
  #last = 0

  /** Writes the next one, big-endian. Numbers are exact for longer than a connection can last. */
  writeNext(target: Uint8Array, at: number): void {
    this.#last++
    writeUint32(target, at, Math.floor(this.#last / 0x1_0000_0000))
    writeUint32(target, at + 4, this.#last)
  }
}

/** The nonces that come from the peer: each must be above the one before, or it is a replay. */
export class PeerNonces {
  #high = 0
  #low = 0

  /** Whether a nonce is above all that were accepted. */
  isNext(source: Uint8Array, at: number): boolean {
    const high = readUint32(source, at)
    return high > this.#high || (high === this.#high && readUint32(source, at + 4) > this.#low)
  }

  /** Counts a nonce, after what came with it proved to be the peer's. */
  accept(source: Uint8Array, at: number): void {
    this.#high = readUint32(source, at)
    this.#low = readUint32(source, at + 4)
  }
}
