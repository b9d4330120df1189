import { ActorError } from '../../errors.ts'
import { checkOptions, type Kinds } from '../../options/checkOptions.ts'
import { flag, whole } from '../../options/kinds.ts'
import type { TopicHub } from './hub.ts'
import { TopicHandler, TopicReader, type Subscription } from './subscription.ts'

/** How many values may wait for a slow subscriber. */
const DEFAULT_LIMIT = 1000

export interface PublishOptions {
  /**
   * Whether this thread keeps the value, as the last one of its topic, for those who subscribe later. So
   * many as 10,000 topics are kept. Default false.
   */
  readonly keep?: boolean
}

export interface SubscribeOptions {
  /** Whether to begin with the last value of each topic that was published with `keep`. Default false. */
  readonly last?: boolean
  /** Values that may wait here; more of them are dropped, and counted. Default 1,000. */
  readonly limit?: number
}

export const publishKinds: Kinds<PublishOptions> = { keep: flag }

const subscribeKinds: Kinds<SubscribeOptions> = { last: flag, limit: whole(1) }

/** Called with each value. */
export type TopicListener<T> = (value: T, topic: string) => unknown

/** Calls the listener with what came, and then `done`. */
export type Deliver = (call: () => unknown, done: () => void) => void

/** Calls back once, when whoever has the topics ends. @returns takes it back */
export type WhenOver = (act: () => void) => () => void

/**
 * Publish-subscribe between all threads of the system. A value goes to everybody who has subscribed to the
 * beginning of its topic; one that nobody wants does not leave the thread. Who is slow misses some.
 */
export class Topics {
  readonly #hub: TopicHub
  readonly #deliver: Deliver
  readonly #whenOver: WhenOver | undefined

  /** @internal */
  constructor(hub: TopicHub, deliver: Deliver, whenOver?: WhenOver) {
    this.#hub = hub
    this.#deliver = deliver
    this.#whenOver = whenOver
  }

  /** Values that this thread has dropped, as another did not keep up: each is counted once for each thread. */
  get dropped(): number {
    return this.#hub.dropped
  }

  /**
   * Tells all subscribers; never waits. Those in one thread get the values of one publisher in their order.
   *
   * @throws {ActorError} `EVALUE`, `EMSGSIZE`: the value; `EINVAL`: the topic
   */
  publish(topic: string, value: unknown, options?: PublishOptions): void {
    if (typeof topic !== 'string')
      throw new ActorError('EINVAL', `A topic is a string, not ${String(topic)}`)
    // Most are published without.
    if (options !== undefined) checkOptions('publish', options, publishKinds)
    this.#hub.publish(topic, value, options?.keep === true)
  }

  /**
   * Calls back with every value whose topic begins with the prefix; `''`: every one. In an actor the calls
   * are messages of that actor, and end with it.
   *
   * @throws {ActorError} `EINVAL`
   */
  subscribe<T = unknown>(
    prefix: string,
    listener: TopicListener<T>,
    options?: SubscribeOptions,
  ): Subscription
  /** The same, to be read with `for await`. @throws {ActorError} `EINVAL` */
  subscribe<T = unknown>(prefix: string, options?: SubscribeOptions): TopicReader<T>
  subscribe<T>(
    prefix: string,
    second: TopicListener<T> | SubscribeOptions = {},
    third: SubscribeOptions = {},
  ): Subscription {
    const options = typeof second === 'function' ? third : second
    checkOptions('subscribe', options, subscribeKinds)
    const { last = false, limit = DEFAULT_LIMIT } = options
    if (typeof prefix !== 'string')
      throw new ActorError('EINVAL', `A prefix is a string, not ${String(prefix)}`)
    let forget: (() => void) | undefined
    const host = {
      unsubscribe: (subscription: Subscription) => {
        forget?.()
        this.#hub.unsubscribe(subscription)
      },
    }
    const subscription =
      typeof second === 'function'
        ? new TopicHandler(prefix, host, limit, (topic, value, done) =>
            this.#deliver(() => second(value as T, topic), done),
          )
        : new TopicReader<T>(prefix, host, limit)
    forget = this.#whenOver?.(() => subscription.close())
    this.#hub.subscribe(subscription, last)
    return subscription
  }
}
