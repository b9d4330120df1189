/** So many topics may have a last value in one thread; the one that was set first gives way. */
const MAX_TOPICS = 10_000

/** The last value of a topic. */
export interface LastValue {
  readonly topic: string
  readonly value: unknown
  /** When it was published, in milliseconds since the epoch. */
  readonly atMs: number
}

/** What was published to be kept. */
export class LastValues {
  readonly #values = new Map<string, LastValue>()
  readonly #limit: number

  constructor(limit = MAX_TOPICS) {
    this.#limit = limit
  }

  keep(last: LastValue): void {
    // A new value makes the topic the youngest.
    this.#values.delete(last.topic)
    this.#values.set(last.topic, last)
    if (this.#values.size > this.#limit) this.#values.delete(this.#values.keys().next().value!)
  }

  find(prefix: string): LastValue[] {
    return [...this.#values.values()].filter(({ topic }) => topic.startsWith(prefix))
  }
}

/** Of several values of a topic the one that was published last; oldest first. */
export function newest(values: readonly LastValue[]): LastValue[] {
  const byTopic = new Map<string, LastValue>()
  for (const last of values)
    if ((byTopic.get(last.topic)?.atMs ?? -Infinity) <= last.atMs) byTopic.set(last.topic, last)
  return [...byTopic.values()].toSorted((a, b) => a.atMs - b.atMs)
}
