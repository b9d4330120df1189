import { LastValues, newest, type LastValue } from './lastValues.ts'
import { PrefixTable } from './prefixTable.ts'
import type { Subscription, SubscriptionHost } from './subscription.ts'

/** What the topics of a thread need of its host. */
export interface TopicHost {
  readonly number: number
  now(): number
  /** All hosts that are there, but this one. */
  readonly peers: readonly number[]
  serve(name: string, answer: (body: never, from: number) => unknown): void
  request(host: number, name: string, body: unknown): Promise<unknown>
  notify(host: number, name: string, body: unknown): void
  /** Among the messages of actors. @returns false: the host does not keep up, and gets nothing */
  offer(host: number, name: string, body: unknown): boolean
  copyOf(value: unknown): unknown
  isGone(host: number): boolean
}

/** A thread asks to be told of topics. */
interface Order {
  readonly prefixes: readonly string[]
  /** Whether it is to be told the last values as well. */
  readonly isLastWanted: boolean
}

/** The part that a thread has in topics: what is wanted here, and by which others. */
export class TopicHub implements SubscriptionHost {
  readonly #host: TopicHost
  readonly #here = new PrefixTable<Subscription>()
  readonly #elsewhere = new PrefixTable<number>()
  readonly #last = new LastValues()
  /** Threads that know what is wanted here. */
  readonly #told = new Set<number>()
  #dropped = 0

  constructor(host: TopicHost) {
    this.#host = host
    host.serve('topics.subscribe', (order: Order, from) => this.#wanted(order, from))
    host.serve('topics.unsubscribe', (prefix: string, from) => {
      this.#elsewhere.remove(prefix, from)
    })
    host.serve('topic', ([topic, value]: [string, unknown]) => this.#deliver(topic, value, true))
  }

  /** Values that did not leave this thread for another that did not keep up. */
  get dropped(): number {
    return this.#dropped
  }

  /** @param isKept whether those who subscribe later and ask for last values get it */
  publish(topic: string, value: unknown, isKept: boolean): void {
    if (isKept) this.#last.keep({ topic, value: this.#host.copyOf(value), atMs: this.#host.now() })
    const message = [topic, value]
    for (const host of this.#elsewhere.match(topic))
      if (!this.#host.offer(host, 'topic', message)) this.#dropped++
    if (!this.#here.isEmpty) this.#deliver(topic, value, false)
  }

  subscribe(subscription: Subscription, isLastWanted: boolean): void {
    const { prefix } = subscription
    const isNew = this.#here.add(prefix, subscription)
    if (isNew || isLastWanted) void this.#announce(subscription, isLastWanted)
    else subscription.known()
  }

  unsubscribe(subscription: Subscription): void {
    const { prefix } = subscription
    if (!this.#here.remove(prefix, subscription)) return
    for (const peer of this.#told) this.#host.notify(peer, 'topics.unsubscribe', prefix)
  }

  /** Other threads have begun. */
  peersChanged(): void {
    for (const peer of this.#host.peers) {
      if (this.#told.has(peer)) continue
      this.#told.add(peer)
      if (!this.#here.isEmpty)
        void this.#tell(peer, { prefixes: [...this.#here.prefixes()], isLastWanted: false })
    }
  }

  /** A thread has ended. */
  lost(host: number): void {
    this.#told.delete(host)
    this.#elsewhere.removeAll(host)
  }

  async #announce(subscription: Subscription, isLastWanted: boolean): Promise<void> {
    const { prefix } = subscription
    const order = { prefixes: [prefix], isLastWanted }
    if (isLastWanted) subscription.expectLast()
    const own = isLastWanted ? this.#last.find(prefix) : []
    const answers = await Promise.all([...this.#told].map((peer) => this.#tell(peer, order)))
    for (const { topic, value } of newest([...own, ...answers.flat()]))
      if (!subscription.hasSeen(topic)) subscription.take(topic, this.#host.copyOf(value))
    subscription.known()
  }

  /** @returns the last values there; none if the thread has ended */
  async #tell(peer: number, order: Order): Promise<LastValue[]> {
    try {
      return (await this.#host.request(peer, 'topics.subscribe', order)) as LastValue[]
    } catch (error) {
      if (this.#host.isGone(peer)) return []
      throw error
    }
  }

  #wanted({ prefixes, isLastWanted }: Order, from: number): LastValue[] {
    for (const prefix of prefixes) this.#elsewhere.add(prefix, from)
    return isLastWanted ? prefixes.flatMap((prefix) => this.#last.find(prefix)) : []
  }

  /** @param isOwn whether the value belongs to nobody else here, so that one may have it as it is */
  #deliver(topic: string, value: unknown, isOwn: boolean): void {
    let isFree = isOwn
    // A listener may subscribe or unsubscribe.
    const wanting = Array.from(this.#here.match(topic))
    for (const subscription of wanting) {
      subscription.take(topic, isFree ? value : this.#host.copyOf(value))
      isFree = false
    }
  }
}
