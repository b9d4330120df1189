/** After so many bytes, in either direction, the peer is asked again. */
const ASKING_BYTES = 262_144

/** How a command begins: with its name, and how long that is. */
const PING = '\u0004PING'
const PONG = '\u0004PONG'
/** A context has up to sixteen bytes, and a number of them no more digits. */
const LONGEST_PONG = PONG.length + 16

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * How much of what was sent the peer has read, as far as it says so: it is asked with a PING, whose
 * context is the number of bytes sent so far, and its PONG has the same. A platform's WebSocket tells
 * nobody when it has sent what it holds; a PONG is an event.
 *
 * It may leave a PING unanswered while it has a lot to send itself, and so is asked again when that has come.
 * libzmq answers none.
 *
 * @see RFC 37/ZMTP "Heartbeating"
 */
export class Receipts {
  #sentBytes = 0
  #receivedBytes = 0
  /** What went both ways since it was asked. */
  #unaskedBytes = 0
  #areGiven = false

  /** Whether this peer answers. */
  get areGiven(): boolean {
    return this.#areGiven
  }

  /** Sent, and not known to have been read. */
  get openBytes(): number {
    return this.#sentBytes - this.#receivedBytes
  }

  sent(bytes: number): void {
    this.#sentBytes += bytes
    this.#unaskedBytes += bytes
  }

  /** So much has come from the peer. */
  came(bytes: number): void {
    this.#unaskedBytes += bytes
  }

  /** The body of the command to send now, if it is time to ask. */
  question(): Uint8Array | undefined {
    if (this.#unaskedBytes < ASKING_BYTES || this.openBytes === 0) return undefined
    this.#unaskedBytes = 0
    // Two bytes of zero: the peer need not close after a silence.
    return encoder.encode(`${PING}\u0000\u0000${this.#sentBytes}`)
  }

  /** Reads the body of a command: any but an answer is of a later version, and to be ignored. */
  read(command: Uint8Array): void {
    if (command.length > LONGEST_PONG) return
    const text = decoder.decode(command)
    if (!text.startsWith(PONG)) return
    const bytes = Number(text.slice(PONG.length))
    // What is no number fails both.
    if (!(bytes > this.#receivedBytes && bytes <= this.#sentBytes)) return
    this.#receivedBytes = bytes
    this.#areGiven = true
  }
}
