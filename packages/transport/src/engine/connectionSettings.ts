import { SocketError } from '@ringpost/core'
import { socketTypeId, type Site, type SocketSettings } from '@ringpost/core/internal'
import { describeSelf, type Self } from '../mechanism/peer.ts'
import { HANDSHAKE_COMMAND_BYTES, type DecoderLimits } from '../wire/frameDecoder.ts'
import type { OwnGreeting } from '../wire/greeting.ts'
import { speaksZmtp } from '../wire/socketType.ts'
import type { HeartbeatSettings } from './heartbeat.ts'
import { securityOf, type MakeMechanism } from './security.ts'

/** What the connections of one endpoint have in common. */
export interface ConnectionSettings {
  readonly self: Self
  readonly greeting: OwnGreeting
  readonly limits: DecoderLimits
  /** What comes may wait for the socket to read it, up to so many bytes; undefined for no limit. */
  readonly mostWaitingBytes: number | undefined
  /** In which the handshake has to succeed; 0 for no limit. */
  readonly handshakeMs: number
  readonly heartbeat: HeartbeatSettings
  readonly mechanism: MakeMechanism
}

/**
 * As the socket's options say now.
 *
 * @throws {SocketError} `EINVAL`: a key that its mechanism needs is missing, or the application's
 *   metadata cannot be told a peer
 */
export function connectionSettings(site: Site): ConnectionSettings {
  const { options } = site
  const self = selfOf(options)
  const { name, isServer, isOpen, make } = securityOf(site, self)
  const { heartbeatInterval, heartbeatTimeout } = options
  return {
    self,
    greeting: {
      mechanism: name,
      asServer: isServer,
      socketType: options.type,
      routingId: self.routingId,
      acceptVersion2: isOpen,
    },
    limits: decoderLimits(options),
    mostWaitingBytes: limitsSubscriptions(options) ? options.maxSubscriptionBytes : undefined,
    handshakeMs: options.handshakeInterval,
    heartbeat: {
      intervalMs: heartbeatInterval,
      timeoutMs: heartbeatTimeout < 0 ? heartbeatInterval : heartbeatTimeout,
      timeToLiveMs: options.heartbeatTimeToLive,
    },
    mechanism: make,
  }
}

const publishers: ReadonlySet<number> = new Set([
  socketTypeId.Publisher,
  socketTypeId.XPublisher,
  socketTypeId.Radio,
])

const limitsSubscriptions = ({ type, maxSubscriptionBytes }: SocketSettings): boolean =>
  publishers.has(type) && maxSubscriptionBytes >= 0

/** By default a message may have so many times as many bytes as one frame … */
const FRAMES_OF_THE_LARGEST = 16
/** … or so many, if that is more. */
const LEAST_MULTIPART_BYTES = 16_777_216
/** What lies in one chunk is not counted: no limit is lower. */
const CHUNK_BYTES = 65_536

function multipartLimit({ maxMultipartBytes, maxMessageSize }: SocketSettings): number {
  if (maxMultipartBytes >= 0) return Math.max(maxMultipartBytes, CHUNK_BYTES)
  if (maxMessageSize < 0) return Infinity
  return Math.max(FRAMES_OF_THE_LARGEST * maxMessageSize, LEAST_MULTIPART_BYTES)
}

/** To PUB and RADIO peers have nothing to say but what they want; to XPUB, they may. */
function decoderLimits(options: SocketSettings): DecoderLimits {
  const { type, maxMessageSize, maxSubscriptionBytes } = options
  const maxMultipartBytes = multipartLimit(options)
  if (type === socketTypeId.XPublisher || !limitsSubscriptions(options)) {
    return { maxMessageSize, maxMultipartBytes }
  }
  // A mechanism adds some bytes to a topic; and the handshake is no shorter for it.
  const most = maxSubscriptionBytes + HANDSHAKE_COMMAND_BYTES
  const frameLimit = maxMessageSize < 0 ? most : Math.min(maxMessageSize, most)
  return { maxMessageSize: frameLimit, maxMultipartBytes: Math.min(maxMultipartBytes, most) }
}

function selfOf(options: SocketSettings): Self {
  const properties = [...options.applicationMetadata].map(
    ([name, value]) => [name, Buffer.from(value)] as const,
  )
  const routingId = options.routingId ?? new Uint8Array()
  const self = { socketType: options.type, routingId, properties }
  // A type that speaks no ZMTP tells peers nothing.
  if (!speaksZmtp(options.type)) return self
  try {
    describeSelf(self)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new SocketError('EINVAL', { message: cause.message, cause })
  }
  return self
}
