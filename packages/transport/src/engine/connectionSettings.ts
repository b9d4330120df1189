import { SocketError } from '@ringpost/core'
import { securityMechanism, type SocketSettings } from '@ringpost/core/internal'
import type { HandshakeEvents, Mechanism } from '../mechanism/mechanism.ts'
import { NullMechanism } from '../mechanism/nullMechanism.ts'
import type { Self } from '../mechanism/peer.ts'
import type { DecoderLimits } from '../wire/frameDecoder.ts'
import type { OwnGreeting } from '../wire/greeting.ts'
import type { HeartbeatSettings } from './heartbeat.ts'

/** What the connections of one endpoint have in common. */
export interface ConnectionSettings {
  readonly self: Self
  readonly greeting: OwnGreeting
  readonly limits: DecoderLimits
  /** In which the handshake has to succeed; 0 for no limit. */
  readonly handshakeMs: number
  readonly heartbeat: HeartbeatSettings
  /** @param address of the peer */
  readonly mechanism: (events: HandshakeEvents, address: string) => Mechanism
}

/**
 * As the socket's options say now.
 *
 * @throws {SocketError} `ENOTSUP`: it asks for security, which connections do not have yet
 */
export function connectionSettings(options: SocketSettings): ConnectionSettings {
  if (options.securityMechanism !== securityMechanism.none) {
    throw new SocketError('ENOTSUP', { message: 'PLAIN and CURVE are not supported yet' })
  }
  const routingId = options.routingId ?? new Uint8Array()
  const properties = [...options.applicationMetadata].map(
    ([name, value]) => [name, Buffer.from(value)] as const,
  )
  const self: Self = { socketType: options.type, routingId, properties }
  const { heartbeatInterval, heartbeatTimeout } = options
  return {
    self,
    greeting: {
      mechanism: 'NULL',
      asServer: false,
      socketType: options.type,
      routingId,
      acceptVersion2: true,
    },
    limits: { maxMessageSize: options.maxMessageSize },
    handshakeMs: options.handshakeInterval,
    heartbeat: {
      intervalMs: heartbeatInterval,
      timeoutMs: heartbeatTimeout < 0 ? heartbeatInterval : heartbeatTimeout,
      timeToLiveMs: options.heartbeatTimeToLive,
    },
    mechanism: (events) => new NullMechanism(self, events),
  }
}
