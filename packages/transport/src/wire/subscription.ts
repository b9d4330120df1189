import { encodeCommand } from './command.ts'
import type { ZmtpVersion } from './version.ts'

/** The first byte of a subscription that is a message: its sign, before ZMTP 3.1 and in sockets. */
const SUBSCRIBE = 1
const CANCEL = 0

/** What a subscriber sends to a publisher: a command, or the only frame of a message. */
export interface SubscriptionFrame {
  readonly isCommand: boolean
  readonly body: Buffer
}

/**
 * Subscribes to a prefix, or cancels that, in the way the publisher's version has for it.
 *
 * @see RFC 37/ZMTP "The Publish-Subscribe Pattern", RFC 23/ZMTP
 */
export function encodeSubscription(
  version: ZmtpVersion,
  isSubscribing: boolean,
  prefix: Uint8Array,
): SubscriptionFrame {
  if (version === '3.1') {
    const name = isSubscribing ? 'SUBSCRIBE' : 'CANCEL'
    return { isCommand: true, body: encodeCommand(name, prefix) }
  }
  return { isCommand: false, body: subscriptionMessage(isSubscribing, prefix) }
}

/** A subscription as sockets pass it on: `1` or `0` and the prefix. */
export const subscriptionMessage = (isSubscribing: boolean, prefix: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(isSubscribing ? SUBSCRIBE : CANCEL), prefix])
