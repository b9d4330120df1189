import { Roster } from './roster.ts'
import {
  findNode,
  forEachValue,
  makeNode,
  prefixOf,
  pruneNode,
  TopicTrieNode,
} from './topicTrieNode.ts'

/**
 * The prefixes one socket has subscribed to. They are counted: what was added twice must be
 * removed twice (libzmq calls this `trie`).
 */
export class TopicTrie {
  readonly #root = newRoot<number>()
  #size = 0

  /** The number of different prefixes. */
  get size(): number {
    return this.#size
  }

  /** True when the prefix was not there. Its bytes are copied. */
  add(prefix: Uint8Array): boolean {
    const node = makeNode(this.#root, prefix)
    const isFirst = node.value === null
    node.value = (node.value ?? 0) + 1
    if (isFirst) this.#size += 1
    return isFirst
  }

  /** True when the prefix is not there any more; false while it is, and when it never was. */
  remove(prefix: Uint8Array): boolean {
    const node = findNode(this.#root, prefix)
    if (!node?.value) return false
    node.value -= 1
    if (node.value > 0) return false
    node.value = null
    pruneNode(node)
    this.#size -= 1
    return true
  }

  /** Whether any of the prefixes begins the bytes from `start` to `end`. */
  matches(bytes: Uint8Array, start: number, end: number): boolean {
    let node: TopicTrieNode<number> | null = this.#root
    let at = start
    while (node.value === null) {
      node = node.follow(bytes, at, end)
      if (node === null) return false
      at += node.label.length
    }
    return true
  }

  /** Calls once for each different prefix, in the order of their bytes. */
  forEach(visit: (prefix: Uint8Array) => void): void {
    forEachValue(this.#root, (node) => visit(prefixOf(node)))
  }
}

/** Up to here a character is one byte, the same one. */
const LAST_ASCII = 0x7f

/** Whose a prefix that was added is new to: all, or its subscriber; or to nobody. */
export type AddedTopic = 'firstOfPrefix' | 'firstOfSubscriber' | 'repeated'

/** What is left of a prefix that was removed; or that its subscriber did not have it. */
export type RemovedTopic = 'lastOfPrefix' | 'othersRemain' | 'notFound'

/**
 * Which prefixes each of many subscribers wants. A subscriber has a prefix or has it not; counting
 * is for the subscriber's own end (libzmq calls this `mtrie`).
 */
export class SubscriberTrie<Subscriber> {
  readonly #root = newRoot<Membership<Subscriber>[]>()
  readonly #memberships = new Roster<Subscriber, Map<Subscriber, Membership<Subscriber>>>(new Map())
  #size = 0
  /** Counts messages, to tell the members met for this one; 2^53 of them take centuries. */
  #round = 0

  /** The number of different prefixes. */
  get size(): number {
    return this.#size
  }

  /** Whether every message is wanted by the same subscribers, who all have the empty prefix only. */
  get isSameForAll(): boolean {
    return this.#size === 1 && this.#root.value !== null
  }

  /** How many prefixes a subscriber has. */
  countOf(subscriber: Subscriber): number {
    return this.#memberships.table.get(subscriber)?.nodes.table.size ?? 0
  }

  /** How many bytes they have, all together. */
  bytesOf(subscriber: Subscriber): number {
    return this.#memberships.table.get(subscriber)?.bytes ?? 0
  }

  /** The bytes of the prefix are copied. */
  add(prefix: Uint8Array, subscriber: Subscriber): AddedTopic {
    const node = makeNode(this.#root, prefix)
    const membership = this.#membershipOf(subscriber)
    const { table } = membership.nodes
    if (table.has(node)) return 'repeated'
    table.add(node)
    membership.bytes += prefix.length
    if (node.value !== null) {
      node.value.push(membership)
      return 'firstOfSubscriber'
    }
    node.value = [membership]
    this.#size += 1
    return 'firstOfPrefix'
  }

  remove(prefix: Uint8Array, subscriber: Subscriber): RemovedTopic {
    const node = findNode(this.#root, prefix)
    const membership = this.#memberships.table.get(subscriber)
    if (!node || !membership?.nodes.table.has(node)) return 'notFound'
    membership.nodes.delete(node)
    membership.bytes -= prefix.length
    if (membership.nodes.table.size === 0) this.#memberships.delete(subscriber)
    if (!withdraw(node, membership)) return 'othersRemain'
    pruneNode(node)
    this.#size -= 1
    return 'lastOfPrefix'
  }

  /**
   * Forgets a subscriber, and calls for each prefix it had, in the order it came by them;
   * `isLast` when nobody else has it.
   */
  removeAll(
    subscriber: Subscriber,
    onRemoved: (prefix: Uint8Array, isLast: boolean) => void,
  ): void {
    const membership = this.#memberships.table.get(subscriber)
    if (!membership) return
    this.#memberships.delete(subscriber)
    for (const node of membership.nodes.table) {
      const prefix = prefixOf(node)
      const isLast = withdraw(node, membership)
      if (isLast) {
        pruneNode(node)
        this.#size -= 1
      }
      onRemoved(prefix, isLast)
    }
  }

  /**
   * Calls once for each subscriber with a prefix that begins the bytes from `start` to `end`.
   * Allocates nothing. The trie must not be changed, nor asked again, by what it calls.
   */
  forEachMatch(
    bytes: Uint8Array,
    start: number,
    end: number,
    visit: (subscriber: Subscriber) => void,
  ): void {
    this.#round += 1
    const round = this.#round
    let node: TopicTrieNode<Membership<Subscriber>[]> | null = this.#root
    let at = start
    for (;;) {
      const memberships = node.value
      if (memberships !== null) {
        for (let index = 0; index < memberships.length; index += 1) {
          const membership = memberships[index]!
          // Another, shorter prefix may have led here already.
          if (membership.lastRound === round) continue
          membership.lastRound = round
          visit(membership.subscriber)
        }
      }
      node = node.follow(bytes, at, end)
      if (node === null) return
      at += node.label.length
    }
  }

  /**
   * Whether anybody may want a text, without turning it into bytes first: false is certain. Texts
   * that are not ASCII as far as they are looked at may be wanted.
   */
  mayMatch(text: string): boolean {
    let node: TopicTrieNode<Membership<Subscriber>[]> | null = this.#root
    let at = 0
    while (node.value === null) {
      if (at >= text.length) return false
      const first = text.charCodeAt(at)
      if (first > LAST_ASCII) return true
      node = node.childAt(first)
      if (node === null) return false
      const { label } = node
      for (let offset = 1; offset < label.length; offset += 1) {
        if (at + offset >= text.length) return false
        const code = text.charCodeAt(at + offset)
        if (code > LAST_ASCII) return true
        if (code !== label[offset]) return false
      }
      at += label.length
    }
    return true
  }

  #membershipOf(subscriber: Subscriber): Membership<Subscriber> {
    let membership = this.#memberships.table.get(subscriber)
    if (!membership) {
      membership = { subscriber, nodes: new Roster(new Set()), bytes: 0, lastRound: 0 }
      this.#memberships.table.set(subscriber, membership)
    }
    return membership
  }
}

/** One subscriber and where its prefixes end. */
interface Membership<Subscriber> {
  readonly subscriber: Subscriber
  readonly nodes: Roster<
    TopicTrieNode<Membership<Subscriber>[]>,
    Set<TopicTrieNode<Membership<Subscriber>[]>>
  >
  /** Of all its prefixes. */
  bytes: number
  /** The last message it was met for. */
  lastRound: number
}

function newRoot<Value>(): TopicTrieNode<Value> {
  return new TopicTrieNode<Value>(new Uint8Array(0), null)
}

/** Takes a member off a prefix it has; true when it was the last. */
function withdraw<Subscriber>(
  node: TopicTrieNode<Membership<Subscriber>[]>,
  membership: Membership<Subscriber>,
): boolean {
  const members = node.value!
  // The order of members means nothing: the last one fills the gap.
  members[members.indexOf(membership)] = members.at(-1)!
  members.pop()
  if (members.length > 0) return false
  node.value = null
  return true
}
