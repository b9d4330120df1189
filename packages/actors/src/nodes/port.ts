import { engage, type Engaged } from '@ringpost/core/internal'
import type { Dealer, Router } from '@ringpost/transport'
import { soon } from '../host/soon.ts'

/** Messages taken before timers and other sockets have their turn. */
const BURST = 256

/** What waits for room at its peer. */
export interface Sender {
  /** Tries again. @returns whether nothing waits any more */
  retry(): boolean
}

/**
 * A socket of a node, as the lines through it use it. What is for a peer without room waits with its own
 * line, so that it holds up nobody else: a socket's `send` would wait for that one peer.
 */
export class Port {
  readonly #socket: Dealer | Router
  readonly #engaged: Engaged
  readonly #take: (message: Buffer[]) => void
  readonly #taken: () => void
  readonly #waiting = new Set<Sender>()
  #isDue = false

  /**
   * @param socket is bound or connected already; `Port` closes it
   * @param take called with each message; a Router's begins with the peer's routing id
   * @param taken called when all that had come was taken
   */
  constructor(socket: Dealer | Router, take: (message: Buffer[]) => void, taken: () => void) {
    this.#socket = socket
    this.#take = take
    this.#taken = taken
    this.#engaged = socket[engage](this.#changed)
    this.#changed()
  }

  /**
   * Sends, if there is room; what is for a peer that has gone counts as sent.
   *
   * @param message a Router's begins with the peer's routing id
   */
  offer(message: Buffer[]): boolean {
    if (this.#socket.closed) return true
    const { pattern } = this.#engaged
    do {
      if (pattern.send(message) !== 'EAGAIN') {
        this.#engaged.flush()
        return true
      }
      // Parked, the peer's reading wakes us; not parked, it has just made room.
    } while (!pattern.parkSending())
    return false
  }

  /** Has it try again when there may be room. */
  await(sender: Sender): void {
    this.#waiting.add(sender)
  }

  forget(sender: Sender): void {
    this.#waiting.delete(sender)
  }

  /**
   * Ends the connection with a peer, whether it reads or not; this side is told as if it were lost.
   *
   * @param id the peer's routing id, where the socket is a Router
   */
  drop(id: Buffer | undefined): void {
    if (this.#socket.closed) return
    this.#engaged.drop(id)
    if (id === undefined) return
    soon(() => {
      if (!this.#socket.closed) this.#take([id, Buffer.alloc(0)])
    })
  }

  close(): void {
    this.#waiting.clear()
    this.#socket.close()
  }

  /**
   * Takes what has come so far. What a connection has brought before its end may lie there still when the
   * end is told, which comes another way.
   */
  takeAll(): void {
    const { pattern } = this.#engaged
    while (!this.#socket.closed) {
      const message = pattern.receive()
      if (typeof message === 'string') break
      this.#take(message)
    }
    this.#taken()
  }

  readonly #changed = (): void => {
    if (this.#isDue || this.#socket.closed) return
    this.#isDue = true
    soon(this.#turn)
  }

  readonly #turn = (): void => {
    this.#isDue = false
    if (this.#socket.closed) return
    for (const sender of this.#waiting) if (sender.retry()) this.#waiting.delete(sender)
    this.#receive()
    this.#taken()
  }

  #receive(): void {
    const { pattern } = this.#engaged
    for (let count = 0; !this.#socket.closed; count++) {
      if (count === BURST) {
        this.#isDue = true
        setImmediate(this.#turn)
        return
      }
      const message = pattern.receive()
      if (typeof message !== 'string') this.#take(message)
      else if (pattern.parkReceiving()) return
    }
  }
}
