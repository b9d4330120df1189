import { ActorError } from '../errors.ts'
import type { ActorRef } from '../host/ref.ts'
import { publishKinds, type PublishOptions, type SubscribeOptions } from '../many/topics/topics.ts'
import { checkOptions, type Kinds } from '../options/checkOptions.ts'
import { abortSignal, flag } from '../options/kinds.ts'

/** Ends a subscription with its reason. */
type NodeSubscribeOptions = Pick<SubscribeOptions, 'last'> & { readonly signal?: AbortSignal }

const subscribeKinds: Kinds<NodeSubscribeOptions> = { last: flag, signal: abortSignal }

/** What is at the other end. */
export interface TopicsThere {
  publish(topic: string, value: unknown, keep: boolean): void
  subscribe(prefix: string, last: boolean): Generator<[topic: string, value: unknown]>
}

/** The topics of another node, as far as it lets this one at them. */
export class NodeTopics {
  readonly #ref: ActorRef<TopicsThere>
  readonly #isGone: () => boolean

  /**
   * @internal
   * @param isGone whether the node is gone, and not only its connection
   */
  constructor(ref: ActorRef<TopicsThere>, isGone: () => boolean) {
    this.#ref = ref
    this.#isGone = isGone
  }

  /**
   * Tells the subscribers of that node, and those that it tells in turn; never waits. What it does not allow is
   * dropped there, and counted.
   *
   * @returns whether it is on its way
   * @throws {ActorError} `EVALUE`, `EMSGSIZE`; `EINVAL`: an option
   */
  publish(topic: string, value: unknown, options?: PublishOptions): boolean {
    if (options !== undefined) checkOptions('publish', options, publishKinds)
    return this.#ref.tell.publish(topic, value, options?.keep === true)
  }

  /**
   * Reads every value there whose topic begins with the prefix, from the first read on. A connection that is lost
   * and made again goes on with it; what was published meanwhile is missed, but for last values.
   *
   * @throws {ActorError} `EINVAL`: an option. Reading throws `EDENIED`: the node does not allow it; `ENODEDOWN`: it is gone; the reason of the signal
   */
  subscribe<T = unknown>(
    prefix: string,
    options: NodeSubscribeOptions = {},
  ): AsyncGenerator<[topic: string, value: T], void, void> {
    checkOptions('subscribe', options, subscribeKinds)
    return this.#subscribe(prefix, options)
  }

  async *#subscribe<T>(
    prefix: string,
    { last = false, signal }: NodeSubscribeOptions,
  ): AsyncGenerator<[topic: string, value: T], void, void> {
    const ref = signal === undefined ? this.#ref : this.#ref.with({ signal })
    while (true)
      try {
        yield* ref.stream.subscribe(prefix, last) as AsyncGenerator<[string, T], void, void>
        return
      } catch (error) {
        const isLost = error instanceof ActorError && error.code === 'ENODEDOWN'
        if (!isLost || this.#isGone()) throw error
      }
  }
}
