import { SocketError } from '../../errors.ts'
import { Roster } from '../../routing/roster.ts'
import { bytesOf, isMultipart, type Outgoing, type Part } from '../message.ts'
import type { Failure, Pattern, PatternHost } from '../pattern.ts'
import type { Pipe } from '../pipe.ts'
import { Distributor } from './distributor.ts'
import { bytesOfGroup, keyOfGroup } from './group.ts'
import { isAboutTopic, isSubscription, topicOf } from './subscription.ts'
import { holdsTooMuch } from './subscriptionLimits.ts'
import { Upstream, type UpstreamReader } from './upstream.ts'

/**
 * With its group and the length of that, a message in a datagram: so much memory every DISH of ZeroMQ
 * has for one. @see libzmq 4.3.5, MAX_UDP_MSG in udp_engine.hpp
 */
const MOST_DATAGRAM_BYTES = 8192

/** The groups of one peer. */
interface Joined {
  readonly keys: Roster<string, Set<string>>
  /** Of all their names. */
  bytes: number
}

/**
 * RADIO: each message to every peer that has joined its group. In a pipe a message is two frames:
 * the group, and what was sent. @see RFC 48/RADIO-DISH
 */
export class RadioPattern implements Pattern, UpstreamReader {
  readonly #host: PatternHost
  readonly #out: Distributor
  readonly #upstream: Upstream
  /** Who has joined each group, in no particular order. */
  readonly #members = new Roster<string, Map<string, Pipe[]>>(new Map())
  readonly #groups = new Map<Pipe, Joined>()
  /** Those that everything is for. */
  readonly #unfiltered = new Set<Pipe>()

  constructor(host: PatternHost) {
    this.#host = host
    this.#upstream = new Upstream(host, this)
    this.#out = new Distributor(host)
  }

  attach(pipe: Pipe): void {
    this.#out.attach(pipe)
    this.#groups.set(pipe, { keys: new Roster(new Set()), bytes: 0 })
    if (pipe.isUnfiltered) this.#unfiltered.add(pipe)
  }

  detach(pipe: Pipe): void {
    this.#upstream.detach(pipe)
    for (const key of this.#groups.get(pipe)?.keys.table ?? []) this.#leave(key, pipe)
    this.#groups.delete(pipe)
    this.#unfiltered.delete(pipe)
    this.#out.detach(pipe)
  }

  readable(pipe: Pipe): void {
    this.#upstream.read(pipe)
  }

  writable(pipe: Pipe): void {
    this.#out.activate(pipe)
  }

  address(message: Outgoing, target: object | undefined): Outgoing {
    if (typeof target !== 'object' || target === null) {
      throw new TypeError('Options must be an object')
    }
    const group = bytesOfGroup((target as { group?: unknown }).group, 'Group')
    if (isMultipart(message)) throw new SocketError('EINVAL')
    return [group, message]
  }

  send(message: Outgoing): Failure | undefined {
    this.#upstream.catchUp()
    const [name, body] = message as [Part, Part]
    const group = bytesOf(name)
    if (this.#unfiltered.size > 0) {
      if (1 + group.length + bytesOf(body).length > MOST_DATAGRAM_BYTES) return 'EMSGSIZE'
      this.#unfiltered.forEach(this.#out.choose)
    }
    this.#members.table.get(keyOfGroup(group))?.forEach(this.#out.choose)
    return this.#out.send(message, !this.#host.options.noDrop)
  }

  receive(): Failure {
    return 'ENOTSUP'
  }

  parkReceiving(): boolean {
    return true
  }

  parkSending(): boolean {
    return this.#out.park()
  }

  canSend(): boolean {
    return true
  }

  canSendAgain(): boolean {
    return this.#out.canSendAgain()
  }

  canReceive(): boolean {
    return false
  }

  take(message: Buffer[], pipe: Pipe): boolean {
    const frame = message[0]!
    if (!isAboutTopic(frame)) return true
    const key = keyOfGroup(topicOf(frame))
    if (isSubscription(frame)) this.#join(key, pipe)
    else this.#leave(key, pipe)
    const { keys, bytes } = this.#groups.get(pipe)!
    return !holdsTooMuch(pipe, this.#host.options, keys.table.size, bytes)
  }

  #join(key: string, pipe: Pipe): void {
    const joined = this.#groups.get(pipe)!
    if (joined.keys.table.has(key)) return
    joined.keys.table.add(key)
    joined.bytes += key.length
    const members = this.#members.table.get(key)
    if (members === undefined) this.#members.table.set(key, [pipe])
    else members.push(pipe)
  }

  #leave(key: string, pipe: Pipe): void {
    const joined = this.#groups.get(pipe)!
    if (!joined.keys.table.has(key)) return
    joined.keys.delete(key)
    joined.bytes -= key.length
    const members = this.#members.table.get(key)!
    members[members.indexOf(pipe)] = members.at(-1)!
    members.pop()
    if (members.length === 0) this.#members.delete(key)
  }
}
