import type { DeniedStatus } from '../errors.ts'
import type { Metadata } from '../wire/metadata.ts'
import type { Peer } from './peer.ts'

export type MechanismName = 'NULL' | 'PLAIN' | 'CURVE'

/**
 * One side of one connection's security handshake: commands in, commands out, until the peer is
 * known or the connection must be closed. It has no socket and no clock.
 */
export interface Mechanism {
  readonly name: MechanismName
  /** Begins, once the peer's greeting is there. */
  start(): void
  /** Takes the body of a command. Failures are told by `failed`; nothing is thrown. */
  receive(command: Buffer): void
  /** The connection is gone: nothing more is told, and keys are forgotten. */
  close(): void
}

/** What a mechanism tells. After `ready` or `failed` it tells nothing more. */
export interface HandshakeEvents {
  /** The body of a command to be sent. */
  send(command: Buffer): void
  /** Messages may flow. */
  ready(peer: Peer): void
  /** The connection is to be closed, after what was to be sent. */
  failed(error: Error): void
}

/** What an authenticator is asked. */
export interface AuthenticationRequest {
  readonly mechanism: MechanismName
  /**
   * NULL: none. PLAIN: name and password. CURVE: the client's public key of 32 bytes.
   *
   * @see RFC 27/ZAP
   */
  readonly credentials: readonly Buffer[]
  /** Aborted when the answer is not wanted any more. */
  readonly signal: AbortSignal
}

/** What an authenticator answers. */
export type Verdict =
  | {
      readonly accepted: true
      /** Who it is, for applications. Default empty. */
      readonly userId?: string
      /** What is to be known of the user. Default none. */
      readonly metadata?: Metadata
    }
  | {
      readonly accepted: false
      /** 300 for now: the connection is closed without a word; 400 and 500 are told the peer. */
      readonly status: DeniedStatus
      /** For the log of this side; the peer is not told. */
      readonly text?: string
    }

/** Says whether a peer is let in. @see RFC 27/ZAP */
export type Authenticator = (request: AuthenticationRequest) => Verdict | Promise<Verdict>
