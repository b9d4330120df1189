import type { Connection } from './connection.ts'
import { SocketError } from './errors.ts'
import { Receiver, Socket } from './socket.ts'
import { bytesOf, type Message, messageOf, type MessageLike, prefixed } from './zws.ts'

const SUBSCRIBE = 1
const CANCEL = 0

type Topic = string | Uint8Array

/** A key for a map. */
const keyOf = (topic: Uint8Array): string => topic.join()

/** Topics with how often each was subscribed to. */
class Topics {
  readonly #counts = new Map<string, { topic: Uint8Array; count: number }>()

  /** @returns whether it is new */
  add(topic: Uint8Array): boolean {
    const known = this.#counts.get(keyOf(topic))
    if (known === undefined) this.#counts.set(keyOf(topic), { topic, count: 1 })
    else known.count++
    return known === undefined
  }

  /** @returns whether it was the last */
  remove(topic: Uint8Array): boolean {
    const known = this.#counts.get(keyOf(topic))
    if (known === undefined || --known.count > 0) return false
    return this.#counts.delete(keyOf(topic))
  }

  *all(): Iterable<Uint8Array> {
    for (const { topic } of this.#counts.values()) yield topic
  }

  match(frame: Uint8Array): boolean {
    for (const topic of this.all()) if (topic.every((byte, i) => byte === frame[i])) return true
    return false
  }
}

/**
 * Receives what it has subscribed to, by the beginning of the first frame. What comes while
 * `receiveHighWaterMark` messages wait is dropped. @see RFC 29/PUBSUB
 */
export class Subscriber extends Receiver {
  readonly #topics = new Topics()

  /** Subscribes to messages that begin so; to all when nothing is given. */
  subscribe(...topics: readonly Topic[]): void {
    this.#change(SUBSCRIBE, topics, (topic) => this.#topics.add(topic))
  }

  /** Takes back what was subscribed to, as often as it was. */
  unsubscribe(...topics: readonly Topic[]): void {
    this.#change(CANCEL, topics, (topic) => this.#topics.remove(topic))
  }

  #change(verb: number, topics: readonly Topic[], note: (topic: Uint8Array) => boolean): void {
    if (this.closed) throw new SocketError('EBADF')
    for (const each of topics.length === 0 ? [''] : topics) {
      const topic = bytesOf(each).slice()
      if (!note(topic)) continue
      for (const connection of this.ready) connection.send([prefixed(verb, topic)])
    }
  }

  protected override attached(connection: Connection): void {
    for (const topic of this.#topics.all()) connection.send([prefixed(SUBSCRIBE, topic)])
  }

  protected override received(connection: Connection, message: Message): boolean {
    if (!this.inbox.isFull) super.received(connection, message)
    return true
  }
}

/**
 * Sends to all peers that have subscribed to the beginning of the first frame. What is for a peer that
 * does not read, or for nobody, is dropped. @see RFC 29/PUBSUB
 */
export class Publisher extends Socket {
  readonly #topics = new Map<Connection, Topics>()

  /** @throws {SocketError} `EBADF` */
  async send(message: MessageLike): Promise<void> {
    if (this.closed) throw new SocketError('EBADF')
    const frames = messageOf(message)
    for (const [connection, topics] of this.#topics) {
      if (connection.hasRoom && topics.match(frames[0]!)) connection.send(frames)
    }
  }

  protected override attached(connection: Connection): void {
    this.#topics.set(connection, new Topics())
  }

  protected override detached(connection: Connection): void {
    this.#topics.delete(connection)
  }

  /** What a subscriber says of topics. */
  protected override received(connection: Connection, [frame]: Message): boolean {
    const topics = this.#topics.get(connection)
    if (frame![0] === SUBSCRIBE) topics?.add(frame!.subarray(1))
    else if (frame![0] === CANCEL) topics?.remove(frame!.subarray(1))
    return true
  }
}
