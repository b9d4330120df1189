import { socketTypeId } from '@ringpost/core/internal'
import { WireError } from '../errors.ts'
import type { HandshakeEvents, Mechanism } from '../mechanism/mechanism.ts'
import type { Peer, Self } from '../mechanism/peer.ts'

export const push: Self = { socketType: socketTypeId.Push, routingId: Buffer.alloc(0) }
export const pull: Self = { socketType: socketTypeId.Pull, routingId: Buffer.alloc(0) }
export const dealer: Self = { socketType: socketTypeId.Dealer, routingId: Buffer.from('bob') }

/** Sees what one side of a handshake does. */
export class Witness implements HandshakeEvents {
  readonly sent: Buffer[] = []
  peer: Peer | undefined
  error: WireError | undefined
  /** Takes what is sent. */
  deliver: (command: Buffer) => void = () => {}
  /** Once it is ready or has failed. */
  readonly ended: Promise<void>
  #end!: () => void

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  send(command: Buffer): void {
    if (this.#isOver) throw new Error('a command after the end')
    this.sent.push(command)
    this.deliver(command)
  }

  ready(peer: Peer): void {
    if (this.#isOver) throw new Error('ready after the end')
    this.peer = peer
    this.#end()
  }

  failed(error: Error): void {
    // Whatever else there is is no fault of the peer's.
    if (!(error instanceof WireError)) throw error
    if (this.#isOver) throw new Error('failed after the end')
    this.error = error
    this.#end()
  }

  /** `ready`, a code, or undefined while the handshake goes on. */
  get outcome(): string | undefined {
    return this.peer === undefined ? this.error?.code : 'ready'
  }

  get #isOver(): boolean {
    return this.outcome !== undefined
  }
}

/** One side, by itself. */
export interface Side {
  readonly witness: Witness
  readonly mechanism: Mechanism
}

export function side(make: (events: HandshakeEvents) => Mechanism): Side {
  const witness = new Witness()
  return { witness, mechanism: make(witness) }
}

/** Lets what one side sends arrive at the other, perhaps changed, and begins. */
export function shakeHands(
  client: Side,
  server: Side,
  change: (command: Buffer, from: 'client' | 'server') => Buffer = (command) => command,
): void {
  client.witness.deliver = (command) =>
    server.mechanism.receive(change(Buffer.from(command), 'client'))
  server.witness.deliver = (command) =>
    client.mechanism.receive(change(Buffer.from(command), 'server'))
  server.mechanism.start()
  client.mechanism.start()
}
