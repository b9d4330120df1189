import { SocketError } from '../../errors.ts'
import { SubscriberTrie } from '../../routing/topicTrie.ts'
import type { Outgoing } from '../message.ts'
import type { OptionDefinition } from '../optionDefinition.ts'
import type { Failure, PatternHost, Received } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import { MOST_WAITING_BYTES, WAITING_OVERHEAD_BYTES } from './noticeQueue.ts'
import { PublisherPattern } from './publisher.ts'
import { cancellation, isSubscription, NO_TOPIC, topicOf, topicOption } from './subscription.ts'

/** So many that have been received are kept in front of those that wait: moving these takes time. */
const MOST_RECEIVED = 4096

/** What has come up and waits to be received. */
interface Upcoming {
  readonly frames: Received
  readonly bytes: number
  /** It subscribes or cancels. */
  readonly isTopic: boolean
  /** Where it came from; undefined when that pipe is gone. */
  readonly pipe: Pipe | undefined
}

/** XPUB: as PUB, and its application receives what comes upstream. @see RFC 29/PUBSUB */
export class XPublisherPattern extends PublisherPattern {
  readonly #host: PatternHost
  readonly #upcoming: Upcoming[] = []
  #upcomingBytes = 0
  /** More was there than may wait. */
  #isHeldUp = false
  /** Where the message begins that is to be received next; those before it have been. */
  #next = 0
  /** Frames of one message, up to the next that subscribes or cancels. */
  #frames: Buffer[] = []
  /** In manual mode, what subscribers have asked for, whatever came of it. */
  readonly #asked = new SubscriberTrie<Pipe>()
  /** In manual mode, whose message was received last. */
  #last: Pipe | undefined

  constructor(host: PatternHost) {
    super(host)
    this.#host = host
  }

  override attach(pipe: Pipe): void {
    super.attach(pipe)
    const { welcomeMessage } = this.options
    if (welcomeMessage === null) return
    pipe.write(welcomeMessage)
    this.#host.flushLater(pipe)
  }

  override detach(pipe: Pipe): void {
    const { manual, verboseUnsubscriptions } = this.options
    if (this.#last === pipe) this.#last = undefined
    this.#asked.removeAll(pipe, (topic) => {
      if (manual) this.#tellOfTopic(cancellation(topic), undefined)
    })
    if (!manual) {
      this.topics.removeAll(pipe, (topic, isLast) => {
        if (isLast || verboseUnsubscriptions) this.#tellOfTopic(cancellation(topic), undefined)
      })
    }
    super.detach(pipe)
  }

  override send(message: Outgoing): Failure | undefined {
    const failure = super.send(message)
    if (failure === undefined && this.options.sendsLastValue) this.#last = undefined
    return failure
  }

  override isUnwanted(text: string): boolean {
    const isForLast = this.options.sendsLastValue && this.#last !== undefined
    return !isForLast && super.isUnwanted(text)
  }

  override receive(): Received | Failure {
    const upcoming = this.#upcoming[this.#next]
    if (upcoming === undefined) return 'EAGAIN'
    this.#next++
    if (this.#next === this.#upcoming.length) {
      this.#upcoming.length = 0
      this.#next = 0
    } else if (this.#next === MOST_RECEIVED) {
      this.#upcoming.splice(0, this.#next)
      this.#next = 0
    }
    const { frames, bytes, isTopic, pipe } = upcoming
    this.#upcomingBytes -= bytes
    if (this.#isHeldUp && this.#upcomingBytes < MOST_WAITING_BYTES / 2) {
      this.#isHeldUp = false
      this.upstream.resume()
    }
    if (isTopic && this.options.manual) this.#last = pipe?.outIndex === -1 ? undefined : pipe
    return frames
  }

  override canReceive(): boolean {
    return this.#next < this.#upcoming.length
  }

  override parkReceiving(): boolean {
    return !this.canReceive()
  }

  /** Then no more is read, from whomever it comes. */
  isFull(): boolean {
    if (this.#upcomingBytes >= MOST_WAITING_BYTES) this.#isHeldUp = true
    return this.#isHeldUp
  }

  /** @throws {SocketError} `EINVAL`: topics are confirmed in manual mode only */
  optionChanged(definition: OptionDefinition, value: unknown): void {
    const { subscribe, unsubscribe } = topicOption
    if (definition.id !== subscribe && definition.id !== unsubscribe) return
    if (!this.options.manual) throw new SocketError('EINVAL')
    if (this.#last === undefined) return
    const topic = (value as Buffer | null) ?? NO_TOPIC
    if (definition.id === subscribe) this.topics.add(topic, this.#last)
    else this.topics.remove(topic, this.#last)
    this.options.topicsCount = this.topics.size
  }

  protected override get held(): SubscriberTrie<Pipe> {
    return this.options.manual ? this.#asked : this.topics
  }

  protected override choose(head: Uint8Array): void {
    const last = this.options.sendsLastValue ? this.#last : undefined
    if (last === undefined) {
      super.choose(head)
      return
    }
    this.topics.forEachMatch(head, 0, head.length, (pipe) => {
      if (pipe === last) this.out.choose(pipe)
    })
  }

  protected override takeTopic(frame: Buffer, pipe: Pipe): void {
    if (this.#isNews(frame, pipe)) this.#tellOfTopic(frame, pipe)
  }

  protected override takeOther(frame: Buffer): void {
    this.#frames.push(frame)
  }

  protected override endMessage(): void {
    if (this.#frames.length > 0) this.#tell(false, undefined)
  }

  /** Does what a frame about a topic says, and whether the application is to hear of it. */
  #isNews(frame: Buffer, pipe: Pipe): boolean {
    const { manual, verboseSubscriptions, verboseUnsubscriptions } = this.options
    const topic = topicOf(frame)
    const topics = this.held
    if (isSubscription(frame)) {
      const isFirst = topics.add(topic, pipe) === 'firstOfPrefix'
      return isFirst || manual || verboseSubscriptions
    }
    const isLast = topics.remove(topic, pipe) !== 'othersRemain'
    return isLast || manual || verboseUnsubscriptions
  }

  #tellOfTopic(frame: Buffer, pipe: Pipe | undefined): void {
    this.#frames.push(frame)
    this.#tell(true, pipe)
  }

  #tell(isTopic: boolean, pipe: Pipe | undefined): void {
    const frames = this.#frames
    this.#frames = []
    const bytes = frames.reduce((sum, { length }) => sum + length, WAITING_OVERHEAD_BYTES)
    this.#upcomingBytes += bytes
    this.#upcoming.push({ frames, bytes, isTopic, pipe })
  }
}
