import { SocketError } from '../../errors.ts'
import type { Part } from '../message.ts'
import type { Failure, Pattern, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import type { SharedFrame } from '../sharedFrame.ts'
import { Distributor } from './distributor.ts'
import { FilteredQueue } from './filteredQueue.ts'
import { bytesOfGroup, keyOfGroup, type Group } from './group.ts'
import { cancellation, subscription } from './subscription.ts'

/** DISH: the messages of the groups it has joined, from all peers in turn. @see RFC 48/RADIO-DISH */
export class DishPattern implements Pattern {
  readonly #host: PatternHost
  readonly #groups = new Map<string, Uint8Array>()
  readonly #in = new FilteredQueue((group) => this.#groups.has(keyOfGroup(group)))
  readonly #upstream: Distributor

  constructor(host: PatternHost) {
    this.#host = host
    this.#upstream = new Distributor(host)
  }

  attach(pipe: Pipe): void {
    this.#in.attach(pipe)
    this.#upstream.attach(pipe)
    for (const group of this.#groups.values()) pipe.write(subscription(group))
    this.#host.flushLater(pipe)
  }

  detach(pipe: Pipe): void {
    this.#in.detach(pipe)
    this.#upstream.detach(pipe)
  }

  readable(pipe: Pipe): void {
    this.#in.activate(pipe)
  }

  writable(): void {
    // Joining and leaving do not wait for room.
  }

  /** @throws {SocketError} `EINVAL`: it has joined already */
  join(group: Group): void {
    const bytes = Uint8Array.from(bytesOfGroup(group))
    const key = keyOfGroup(bytes)
    if (this.#groups.has(key)) throw new SocketError('EINVAL')
    this.#groups.set(key, bytes)
    this.#upstream.announce(subscription(bytes))
  }

  /** @throws {SocketError} `EINVAL`: it has not joined */
  leave(group: Group): void {
    const bytes = bytesOfGroup(group)
    if (!this.#groups.delete(keyOfGroup(bytes))) throw new SocketError('EINVAL')
    this.#upstream.announce(cancellation(bytes))
  }

  send(): Failure {
    return 'ENOTSUP'
  }

  receive(): Received | Failure {
    return this.#in.take() ?? 'EAGAIN'
  }

  receiveParts(): Part[] | Failure {
    return this.#in.takeShared() ?? 'EAGAIN'
  }

  present([group, message]: Received): [Buffer, { group: Buffer }] {
    return [message!, { group: group! }]
  }

  presentShared([group, message]: SharedFrame[]): [SharedFrame, { group: Buffer }] {
    // So short a frame is a private copy: nothing is to be released.
    return [message!, { group: group!.data }]
  }

  parkReceiving(): boolean {
    return this.#in.park()
  }

  parkSending(): boolean {
    return true
  }

  canSend(): boolean {
    return false
  }

  canReceive(): boolean {
    return this.#in.hasMessage()
  }
}
