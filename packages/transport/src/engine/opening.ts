import type { Peer } from '../mechanism/peer.ts'
import type { Wire } from '../stream/wire.ts'
import type { SharedFrame } from '@ringpost/core'
import type { MessageDecoder, MessageEncoder } from '../wire/codec.ts'
import type { ZmtpVersion } from '../wire/version.ts'
import type { ConnectionSettings } from './connectionSettings.ts'
import type { MakeMechanism } from './security.ts'

/** What both sides of a connection speak. */
export interface Terms {
  /** What commands there are. */
  readonly version: ZmtpVersion
  readonly decoder: MessageDecoder<SharedFrame>
  readonly encoder: MessageEncoder
  /** Who the peer is; or how that is found out. */
  readonly next: { readonly peer: Peer } | { readonly mechanism: MakeMechanism }
}

/** One of the two is told, once. */
export interface OpeningEvents {
  /**
   * @param wire whose bytes are to be taken now
   * @param rest what has come of them already
   */
  agreed(terms: Terms, wire: Wire, rest: Buffer): void
  failed(error: Error): void
}

/**
 * Begins a connection: finds out with the peer what is spoken. How long that may take, and that the
 * stream ends, is the caller's to see.
 *
 * @param wire connected; what it brings is the opening's until something is agreed on
 */
export type Opening = (wire: Wire, settings: ConnectionSettings, events: OpeningEvents) => void
