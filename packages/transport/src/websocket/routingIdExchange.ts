import { WireError } from '../errors.ts'
import type { HandshakeEvents, Mechanism } from '../mechanism/mechanism.ts'
import { readNamedPeer, type Peer, type Self } from '../mechanism/peer.ts'
import { announcesRoutingId } from '../wire/socketType.ts'

const NONE = new Uint8Array()

/**
 * The handshake where there is no mechanism: each side's first message is its routing id, and it tells
 * nothing more of itself.
 *
 * @see RFC 45/ZWS "No Mechanism"
 */
export class RoutingIdExchange implements Mechanism {
  readonly name = 'NULL'
  readonly #self: Self
  readonly #events: HandshakeEvents

  constructor(self: Self, events: HandshakeEvents) {
    this.#self = self
    this.#events = events
  }

  start(): void {
    const { socketType, routingId } = this.#self
    this.#events.send(Buffer.from(announcesRoutingId(socketType) ? routingId : NONE))
  }

  receive(routingId: Buffer): void {
    let peer: Peer
    try {
      peer = readNamedPeer(this.#self, routingId)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#events.failed(error)
      return
    }
    this.#events.ready(peer)
  }

  close(): void {
    // There are no keys, and nobody is asked.
  }
}
