import { encodeCommand } from '../wire/command.ts'
import { Handshake, refuse, type Steps } from './handshake.ts'
import { type Peer, readPeer } from './peer.ts'

type State = 'waiting for READY' | 'waiting for the authenticator'

/**
 * No security: each side tells of itself, without waiting for the other one.
 *
 * Where an authenticator decides by the address alone, READY is held back until it has.
 *
 * @see RFC 37/ZMTP "The NULL Security Mechanism", RFC 27/ZAP
 */
export class NullMechanism extends Handshake<State> {
  readonly name = 'NULL'
  protected state: State = 'waiting for READY'
  #hasSentReady = false
  #peer: Peer | undefined

  protected readonly steps: Readonly<Record<State, Steps>> = {
    'waiting for READY': { READY: (data) => this.#onReady(data), ERROR: refuse },
    'waiting for the authenticator': {},
  }

  start(): void {
    this.authenticate([], () => {
      this.send(encodeCommand('READY', this.ownMetadata))
      this.#hasSentReady = true
      if (this.#peer !== undefined) this.finish(this.#peer)
    })
  }

  protected forget(): void {}

  #onReady(data: Buffer): void {
    const peer = readPeer(this.self, data)
    this.#peer = peer
    this.state = 'waiting for the authenticator'
    if (this.#hasSentReady) this.finish(peer)
  }
}
