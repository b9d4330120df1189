/** What a subscription needs of the thread's part in topics. */
export interface SubscriptionHost {
  unsubscribe(subscription: Subscription): void
}

/** The wish for all topics with a prefix. Closed with `close`, by `using`, or when its actor ends. */
export abstract class Subscription implements Disposable {
  readonly prefix: string
  /** Settles when all threads know of it: nothing that is published then is missed. */
  readonly ready: Promise<void>
  readonly #host: SubscriptionHost
  readonly #markReady: () => void
  #isClosed = false
  #dropped = 0
  #seen: Set<string> | undefined

  /** @internal */
  constructor(prefix: string, host: SubscriptionHost) {
    this.prefix = prefix
    this.#host = host
    let markReady!: () => void
    this.ready = new Promise((resolve) => (markReady = resolve))
    this.#markReady = markReady
  }

  /** Values that came while too many others waited here. What publishers dropped is not known here. */
  get dropped(): number {
    return this.#dropped
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Nothing comes any more. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#markReady()
    this.#host.unsubscribe(this)
    this.ended()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** @internal Its last values have come, or none were wanted. */
  known(): void {
    this.#seen = undefined
    this.#markReady()
  }

  /** @internal The last values are on their way: of topics that come before, they would be older. */
  expectLast(): void {
    this.#seen = new Set()
  }

  /** @internal */
  hasSeen(topic: string): boolean {
    return this.#seen?.has(topic) === true
  }

  /** @internal */
  take(topic: string, value: unknown): void {
    this.#seen?.add(topic)
    if (!this.#isClosed && !this.offer(topic, value)) this.#dropped++
  }

  /** @returns whether there was room */
  protected abstract offer(topic: string, value: unknown): boolean
  protected abstract ended(): void
}

/** A subscription whose values go to a function. */
export class TopicHandler extends Subscription {
  readonly #deliver: (topic: string, value: unknown, done: () => void) => void
  readonly #limit: number
  #waiting = 0

  /**
   * @internal
   * @param deliver calls the function, now or later, and then `done`
   */
  constructor(
    prefix: string,
    host: SubscriptionHost,
    limit: number,
    deliver: (topic: string, value: unknown, done: () => void) => void,
  ) {
    super(prefix, host)
    this.#limit = limit
    this.#deliver = deliver
  }

  protected override offer(topic: string, value: unknown): boolean {
    if (this.#waiting >= this.#limit) return false
    this.#waiting++
    this.#deliver(topic, value, this.#done)
    return true
  }

  protected override ended(): void {}

  readonly #done = (): void => {
    this.#waiting--
  }
}

type Resolve<T> = (result: IteratorResult<[topic: string, value: T], void>) => void

/** A subscription that is read. */
export class TopicReader<T = unknown>
  extends Subscription
  implements AsyncGenerator<[topic: string, value: T], void, void>
{
  readonly #limit: number
  readonly #waiting: Resolve<T>[] = []
  #items: [topic: string, value: T][] = []
  #taken = 0

  /** @internal */
  constructor(prefix: string, host: SubscriptionHost, limit: number) {
    super(prefix, host)
    this.#limit = limit
  }

  /** What has come and was not read. */
  get length(): number {
    return this.#items.length - this.#taken
  }

  next(): Promise<IteratorResult<[topic: string, value: T], void>> {
    if (this.length > 0) {
      const value = this.#items[this.#taken]!
      this.#taken++
      if (this.#taken * 2 >= this.#items.length) {
        this.#items = this.#items.slice(this.#taken)
        this.#taken = 0
      }
      return Promise.resolve({ done: false, value })
    }
    if (this.isClosed) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Closes it; what has come and was not read is gone. */
  return(): Promise<IteratorResult<[topic: string, value: T], void>> {
    this.#items = []
    this.#taken = 0
    this.close()
    return Promise.resolve({ done: true, value: undefined })
  }

  throw(error: unknown): Promise<IteratorResult<[topic: string, value: T], void>> {
    void this.return()
    return Promise.reject(error)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  protected override offer(topic: string, value: unknown): boolean {
    const item: [string, T] = [topic, value as T]
    const resolve = this.#waiting.shift()
    if (resolve !== undefined) resolve({ done: false, value: item })
    else if (this.length >= this.#limit) return false
    else this.#items.push(item)
    return true
  }

  protected override ended(): void {
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined })
  }
}
