import { WireError } from '../errors.ts'
import type { FrameCipher } from '../wire/frameCipher.ts'
import type { PeerGreeting } from '../wire/greeting.ts'
import { decodeMetadata, encodeMetadata, Metadata, type Property } from '../wire/metadata.ts'
import { announcesRoutingId, mayTalkTo, socketTypeName } from '../wire/socketType.ts'

/** What this side tells of itself. */
export interface Self {
  /** ZeroMQ's number for the type of the socket. */
  readonly socketType: number
  /** Told by the types that have one: REQ, DEALER, ROUTER. */
  readonly routingId: Uint8Array
  /** Told beside those; the names of an application's own begin with `X-`. */
  readonly properties?: readonly Property[]
}

/** Who is at the other end, once it is known. */
export interface Peer {
  /** Its name on the wire; undefined when the peer did not tell. */
  readonly socketType: string | undefined
  /** Empty when it has none. */
  readonly routingId: Buffer
  /** All that it told. */
  readonly metadata: Metadata
  /** Who it is, by the authenticator; empty without one. */
  readonly userId: string
  /** What the authenticator tells of it. */
  readonly userMetadata: Metadata
  /** What frames are encrypted with from now on; undefined when they are not. */
  readonly cipher: FrameCipher | undefined
}

const LONGEST_ROUTING_ID = 255

/** What this side tells of itself, as libzmq does: its type, then its routing id, then the rest. */
export function describeSelf(self: Self): Buffer {
  const properties: Property[] = [
    ['Socket-Type', Buffer.from(socketTypeName(self.socketType), 'latin1')],
  ]
  if (announcesRoutingId(self.socketType)) properties.push(['Identity', self.routingId])
  return encodeMetadata([...properties, ...(self.properties ?? [])])
}

/**
 * Reads what the peer tells of itself.
 *
 * @throws {WireError} `INVALID_METADATA`, `INCOMPATIBLE_PEER`
 */
export function readPeer(self: Self, bytes: Buffer): Peer {
  const metadata = decodeMetadata(bytes)
  const socketType = metadata.get('Socket-Type')?.toString('latin1')
  if (socketType !== undefined) requireCompatible(self.socketType, socketType)
  const routingId = metadata.get('Identity') ?? Buffer.alloc(0)
  requireRoutingId(routingId)
  return {
    socketType,
    routingId,
    metadata,
    userId: '',
    userMetadata: new Metadata(),
    cipher: undefined,
  }
}

/**
 * A peer that tells nothing of itself but its routing id, which is copied.
 *
 * @throws {WireError} `INVALID_METADATA`
 */
export function readNamedPeer(self: Self, routingId: Buffer): Peer {
  // Before it is written as metadata, of which there may be so much.
  requireRoutingId(routingId)
  return readPeer(self, encodeMetadata([['Identity', routingId]]))
}

function requireRoutingId({ length }: Buffer): void {
  if (length <= LONGEST_ROUTING_ID) return
  throw new WireError('INVALID_METADATA', `a routing id of ${length} bytes`)
}

/**
 * A peer of ZMTP 2.0, whose greeting says it all.
 *
 * @throws {WireError} `INCOMPATIBLE_PEER`
 */
export function readVersionTwoPeer(
  self: Self,
  greeting: Extract<PeerGreeting, { version: '2.0' }>,
): Peer {
  const properties: Property[] = [['Identity', greeting.routingId]]
  properties.push(['Socket-Type', Buffer.from(nameOf(greeting.socketType), 'latin1')])
  return readPeer(self, encodeMetadata(properties))
}

function nameOf(socketType: number): string {
  try {
    return socketTypeName(socketType)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return String(socketType)
  }
}

function requireCompatible(own: number, peer: string): void {
  if (mayTalkTo(own, peer)) return
  const names = `a ${socketTypeName(own)} cannot talk to ${JSON.stringify(peer.slice(0, 32))}`
  throw new WireError('INCOMPATIBLE_PEER', names)
}
