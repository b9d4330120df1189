import { TopicTrie } from '../../routing/topicTrie.ts'
import type { OptionDefinition } from '../optionDefinition.ts'
import type { Part } from '../message.ts'
import type { Failure, Pattern, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import { Distributor } from './distributor.ts'
import { FilteredQueue } from './filteredQueue.ts'
import { cancellation, NO_TOPIC, subscription, topicOption } from './subscription.ts'

/**
 * SUB: the messages of all publishers that begin with a prefix it has subscribed to, in turn.
 * @see RFC 29/PUBSUB
 */
export class SubscriberPattern implements Pattern {
  readonly #host: PatternHost
  readonly #topics = new TopicTrie()
  readonly #in: FilteredQueue
  readonly #upstream: Distributor

  constructor(host: PatternHost) {
    this.#host = host
    const { options } = host
    const topics = this.#topics
    this.#in = new FilteredQueue(
      (head) => topics.matches(head, 0, head.length) !== options.invertMatching,
    )
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
    this.#in.activate(pipe)
  }

  writable(): void {
    // Subscriptions do not wait for room.
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

  receiveMany(messages: Received[], max: number): void {
    this.#in.takeMany(messages, max)
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

  optionChanged(definition: OptionDefinition, value: unknown): void {
    const topic = (value as Buffer | null) ?? NO_TOPIC
    if (definition.id === topicOption.subscribe) {
      this.#topics.add(topic)
      // Every time: whether it is new to others as well is for the publisher to tell.
      this.#upstream.announce(subscription(topic))
    } else if (definition.id === topicOption.unsubscribe) {
      if (this.#topics.remove(topic)) this.#upstream.announce(cancellation(topic))
    } else return
    this.#host.options.topicsCount = this.#topics.size
  }
}
