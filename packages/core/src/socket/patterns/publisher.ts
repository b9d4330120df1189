import { SubscriberTrie } from '../../routing/topicTrie.ts'
import { bytesOf, isMultipart, type Outgoing } from '../message.ts'
import { socketTypeId, type OptionDefinition } from '../optionDefinition.ts'
import type { SocketOptions } from '../options.ts'
import type { Failure, Pattern, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import { Distributor } from './distributor.ts'
import { holdsTooMuch } from './subscriptionLimits.ts'
import { isAboutTopic, isSubscription, topicOf } from './subscription.ts'
import { Upstream, type UpstreamReader } from './upstream.ts'

/**
 * PUB: each message to every peer that has subscribed to a prefix of it; dropped for those at their
 * high-water mark. @see RFC 29/PUBSUB
 *
 * XPUB is built upon it, through the methods that say what to do with what comes upstream.
 */
export class PublisherPattern implements Pattern, UpstreamReader {
  protected readonly options: SocketOptions
  protected readonly topics = new SubscriberTrie<Pipe>()
  protected readonly out: Distributor
  protected readonly upstream: Upstream

  constructor(host: PatternHost) {
    this.options = host.options
    this.upstream = new Upstream(host, this)
    this.out = new Distributor(host)
  }

  attach(pipe: Pipe): void {
    this.out.attach(pipe)
  }

  detach(pipe: Pipe): void {
    this.upstream.detach(pipe)
    this.topics.removeAll(pipe, ignore)
    this.options.topicsCount = this.topics.size
    this.out.detach(pipe)
  }

  readable(pipe: Pipe): void {
    this.upstream.read(pipe)
  }

  writable(pipe: Pipe): void {
    this.out.activate(pipe)
  }

  send(message: Outgoing): Failure | undefined {
    this.upstream.catchUp()
    const several = isMultipart(message)
    if (several && this.#keepsLastOnly()) return 'EINVAL'
    this.choose(bytesOf(several ? message[0]! : message))
    if (this.options.invertMatching) this.out.invert()
    return this.out.send(message, !this.options.noDrop)
  }

  sendMany(messages: readonly unknown[], begin: number): number {
    this.upstream.catchUp()
    if (this.#isSameForAll()) return this.#sendToAll(messages, begin)
    let index = begin
    for (; index < messages.length; index++) {
      const message = messages[index]
      if (message instanceof Uint8Array) {
        if (this.send(message) !== undefined) break
      } else if (typeof message !== 'string' || !this.isUnwanted(message)) break
    }
    return index
  }

  /** Whether it does not depend on the message for whom it is. */
  #isSameForAll(): boolean {
    const { invertMatching, sendsLastValue } = this.options
    return this.topics.isSameForAll && !invertMatching && !sendsLastValue
  }

  /** To one after the other of those that want everything: all of the batch that is one frame each. */
  #sendToAll(messages: readonly unknown[], begin: number): number {
    const first = messages[begin]
    if (!(first instanceof Uint8Array)) return begin
    this.choose(first)
    return this.out.sendMany(messages, begin, !this.options.noDrop)
  }

  isUnwanted(text: string): boolean {
    this.upstream.catchUp()
    return !this.options.invertMatching && !this.topics.mayMatch(text)
  }

  receive(): Received | Failure {
    return 'ENOTSUP'
  }

  parkReceiving(): boolean {
    return true
  }

  parkSending(): boolean {
    return this.out.park()
  }

  /** Nobody is waited for, unless with `noDrop` for one who wanted the last message. */
  canSend(): boolean {
    return true
  }

  canSendAgain(): boolean {
    return this.out.canSendAgain()
  }

  canReceive(): boolean {
    return false
  }

  optionRead({ name }: OptionDefinition): void {
    if (name === 'topicsCount') this.upstream.catchUp()
  }

  /** Chooses the pipes for a message that begins with this frame. */
  protected choose(head: Uint8Array): void {
    this.topics.forEachMatch(head, 0, head.length, this.out.choose)
  }

  /** A frame that subscribes or cancels has come up. */
  protected takeTopic(frame: Buffer, pipe: Pipe): void {
    if (isSubscription(frame)) this.topics.add(topicOf(frame), pipe)
    else this.topics.remove(topicOf(frame), pipe)
  }

  /** A frame of the application's own has come up. */
  protected takeOther(_frame: Buffer): void {
    // PUB has no way to tell of it.
  }

  protected endMessage(): void {
    // Nothing is kept.
  }

  /** What each subscriber has asked for. */
  protected get held(): SubscriberTrie<Pipe> {
    return this.topics
  }

  /** Its queues have no place for several frames. */
  #keepsLastOnly(): boolean {
    return this.options.conflate && this.options.type === socketTypeId.Publisher
  }

  take(message: Buffer[], pipe: Pipe): boolean {
    const all = !this.options.onlyFirstSubscribe || isAboutTopic(message[0]!)
    for (const [index, frame] of message.entries()) {
      if ((all || index === 0) && isAboutTopic(frame)) this.takeTopic(frame, pipe)
      else this.takeOther(frame)
    }
    this.endMessage()
    this.options.topicsCount = this.topics.size
    const { held, options } = this
    return !holdsTooMuch(pipe, options, held.countOf(pipe), held.bytesOf(pipe))
  }
}

function ignore(): void {
  // Nobody is told.
}
