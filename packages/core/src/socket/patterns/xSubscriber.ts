import { TopicTrie } from '../../routing/topicTrie.ts'
import { bytesOf, partsOf, releaseShared, type Outgoing, type Part } from '../message.ts'
import type { Failure, Pattern, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import { Distributor } from './distributor.ts'
import { PullPattern } from './pull.ts'
import { isAboutTopic, isSubscription, subscription, topicOf } from './subscription.ts'

/**
 * XSUB: subscribes and cancels by sending `01 topic` and `00 topic`; other messages go upstream as
 * they are. Receives from all publishers in turn, unfiltered. @see RFC 29/PUBSUB
 */
export class XSubscriberPattern implements Pattern {
  readonly #host: PatternHost
  readonly #topics = new TopicTrie()
  readonly #in = new PullPattern()
  readonly #upstream: Distributor

  constructor(host: PatternHost) {
    this.#host = host
    this.#upstream = new Distributor(host)
  }

  attach(pipe: Pipe): void {
    this.#in.attach(pipe)
    this.#upstream.attach(pipe)
    this.#topics.forEach((topic) => pipe.write(subscription(topic)))
    this.#host.flushLater(pipe)
  }

  detach(pipe: Pipe): void {
    this.#in.detach(pipe)
    this.#upstream.detach(pipe)
  }

  readable(pipe: Pipe): void {
    this.#in.readable(pipe)
  }

  writable(pipe: Pipe): void {
    this.#upstream.activate(pipe)
  }

  /** Never waits: what is about topics goes to all publishers, the rest to those with room. */
  send(message: Outgoing): undefined {
    const kept: Part[] = []
    let isAnnouncement = false
    let all = true
    for (const [index, part] of partsOf(message).entries()) {
      const bytes = bytesOf(part)
      const isTopic: boolean = (all || index === 0) && isAboutTopic(bytes)
      if (index === 0) all = !this.#host.options.onlyFirstSubscribe || isTopic
      if (isTopic && !this.#isForPublishers(bytes)) continue
      kept.push(part)
      if (isTopic) isAnnouncement = true
    }
    this.#host.options.topicsCount = this.#topics.size
    if (kept.length > 0) this.#sendUp(kept.length === 1 ? kept[0]! : kept, isAnnouncement)
    if (kept.length < partsOf(message).length) releaseShared(message)
  }

  receive(): Received | Failure {
    return this.#in.receive()
  }

  receiveFrom(): Pipe | Failure {
    return this.#in.receiveFrom()
  }

  receiveMany(messages: Received[], max: number): void {
    this.#in.receiveMany(messages, max)
  }

  parkReceiving(): boolean {
    return this.#in.parkReceiving()
  }

  parkSending(): boolean {
    return false
  }

  canSend(): boolean {
    return true
  }

  canReceive(): boolean {
    return this.#in.canReceive()
  }

  /** Notes what a frame says of a topic, and whether publishers have to hear it. */
  #isForPublishers(frame: Uint8Array): boolean {
    const topic = topicOf(frame)
    if (!isSubscription(frame)) {
      return this.#topics.remove(topic) || this.#host.options.verboseUnsubscribe
    }
    this.#topics.add(topic)
    // Every time: publishers know what is repeated, and may want to hear of it.
    return true
  }

  #sendUp(message: Outgoing, isAnnouncement: boolean): void {
    if (isAnnouncement) {
      this.#upstream.announce(message)
    } else {
      this.#upstream.chooseAll()
      this.#upstream.send(message, true)
    }
  }
}
