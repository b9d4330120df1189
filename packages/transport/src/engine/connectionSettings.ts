import { SocketError } from '@ringpost/core'
import type { Site, SocketSettings } from '@ringpost/core/internal'
import { describeSelf, type Self } from '../mechanism/peer.ts'
import type { DecoderLimits } from '../wire/frameDecoder.ts'
import type { OwnGreeting } from '../wire/greeting.ts'
import { speaksZmtp } from '../wire/socketType.ts'
import type { HeartbeatSettings } from './heartbeat.ts'
import { securityOf, type MakeMechanism } from './security.ts'

/** What the connections of one endpoint have in common. */
export interface ConnectionSettings {
  readonly self: Self
  readonly greeting: OwnGreeting
  readonly limits: DecoderLimits
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
    limits: { maxMessageSize: options.maxMessageSize },
    handshakeMs: options.handshakeInterval,
    heartbeat: {
      intervalMs: heartbeatInterval,
      timeoutMs: heartbeatTimeout < 0 ? heartbeatInterval : heartbeatTimeout,
      timeToLiveMs: options.heartbeatTimeToLive,
    },
    mechanism: make,
  }
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
