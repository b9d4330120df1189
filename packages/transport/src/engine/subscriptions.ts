import { socketTypeId } from '@ringpost/core/internal'
import { decodeGroup, encodeGroup } from '../wire/command.ts'
import type { MessageEncoder } from '../wire/codec.ts'
import { encodeSubscription, subscriptionMessage } from '../wire/subscription.ts'
import type { ZmtpVersion } from '../wire/version.ts'

const subscribers: ReadonlySet<number> = new Set([
  socketTypeId.Subscriber,
  socketTypeId.XSubscriber,
  socketTypeId.Dish,
])

/** Whether sockets of a type say upstream what they want to receive. */
export const subscribes = (socketType: number): boolean => subscribers.has(socketType)

const keyOf = (topic: Uint8Array): string =>
  Buffer.prototype.latin1Slice.call(topic, 0, topic.length)

/**
 * What a subscriber has told its publisher, to be told the next one when the connection is made anew;
 * and how it is told, which depends on the publisher's version.
 */
export class Subscriptions {
  readonly #isDish: boolean
  readonly #isCounting: boolean
  readonly #topics = new Map<string, { topic: Buffer; count: number }>()

  /** @param isCounting whether each cancellation takes back one subscription, and not all of its topic */
  constructor(socketType: number, isCounting: boolean) {
    this.#isDish = socketType === socketTypeId.Dish
    this.#isCounting = isCounting
  }

  /** Sends what a socket's message says of a topic; false when it is an ordinary message. */
  send(message: readonly Buffer[], version: ZmtpVersion, encoder: MessageEncoder): boolean {
    const [frame] = message
    const verb = frame![0]
    if (message.length !== 1 || (verb !== 0 && verb !== 1)) return false
    const topic = frame!.subarray(1)
    this.#note(verb === 1, topic)
    this.#tell(verb === 1, topic, version, encoder)
    return true
  }

  /** Tells a new publisher all of it. */
  sendAll(version: ZmtpVersion, encoder: MessageEncoder): void {
    for (const { topic } of this.#topics.values()) this.#tell(true, topic, version, encoder)
  }

  #note(isSubscribing: boolean, topic: Buffer): void {
    const key = keyOf(topic)
    const known = this.#topics.get(key)
    if (!isSubscribing) {
      if (known !== undefined && this.#isCounting && --known.count > 0) return
      this.#topics.delete(key)
    } else if (known === undefined) this.#topics.set(key, { topic, count: 1 })
    else known.count++
  }

  #tell(
    isSubscribing: boolean,
    topic: Uint8Array,
    version: ZmtpVersion,
    encoder: MessageEncoder,
  ): void {
    if (this.#isDish) {
      encoder.addCommand(encodeGroup(isSubscribing ? 'JOIN' : 'LEAVE', topic))
      return
    }
    const { isCommand, body } = encodeSubscription(version, isSubscribing, topic)
    if (isCommand) encoder.addCommand(body)
    else encoder.addMessage([body])
  }
}

const verbs = new Map([
  ['SUBSCRIBE', true],
  ['CANCEL', false],
  ['JOIN', true],
  ['LEAVE', false],
])

/**
 * A peer's command about topics or groups, as sockets pass it on; undefined for other commands.
 *
 * @throws {WireError} `MALFORMED_COMMAND`: no group has so long a name
 */
export function asMessage(command: string, topic: Buffer): Buffer | undefined {
  const isSubscribing = verbs.get(command)
  if (isSubscribing === undefined) return undefined
  if (command === 'JOIN' || command === 'LEAVE') decodeGroup(command, topic)
  return subscriptionMessage(isSubscribing, topic)
}
