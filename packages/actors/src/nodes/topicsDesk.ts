import { ActorError } from '../errors.ts'
import type { Topics } from '../many/topics/topics.ts'

/** Where nodes find each other's topics: no actor can be exposed there. */
export const TOPICS_PATH = '/$topics'

/** What another node may do with the topics of this one. */
export interface TopicRights {
  /** It may subscribe to what begins with one of these; `''`: to everything. Default none. */
  readonly subscribe?: readonly string[]
  /** It may publish what begins with one of these. Default none. */
  readonly publish?: readonly string[]
}

/** Lets one node at the topics of this one, as far as it may. */
export class TopicsDesk {
  readonly #topics: Topics
  readonly #rights: TopicRights

  constructor(topics: Topics, rights: TopicRights = {}) {
    this.#topics = topics
    this.#rights = rights
  }

  /** @throws {ActorError} `EDENIED`, `EBADMSG`, `ENOHANDLER` */
  tell(method: string, [topic, value, keep]: readonly unknown[]): void {
    if (method !== 'publish') throw unknown(method)
    checkRight(topic, this.#rights.publish, 'publish')
    this.#topics.publish(topic, value, { keep: keep === true })
  }

  /** @returns topics and values, as they come. @throws {ActorError} as `tell` */
  stream(
    method: string,
    [prefix, last]: readonly unknown[],
  ): AsyncGenerator<[topic: string, value: unknown], void, void> {
    if (method !== 'subscribe') throw unknown(method)
    checkRight(prefix, this.#rights.subscribe, 'subscribe to')
    return this.#topics.subscribe(prefix, { last: last === true })
  }
}

function checkRight(
  topic: unknown,
  prefixes: readonly string[] = [],
  what: string,
): asserts topic is string {
  if (typeof topic !== 'string') throw new ActorError('EBADMSG', 'A topic is a text')
  if (!prefixes.some((prefix) => topic.startsWith(prefix)))
    throw new ActorError('EDENIED', `This node lets nobody ${what} ${JSON.stringify(topic)}`)
}

const unknown = (method: string): ActorError =>
  new ActorError('ENOHANDLER', `Topics have no ${method}`)
