import { canTalk, socketTypeId } from '@ringpost/core/internal'

/**
 * What the types of sockets are called on the wire, by the number that ZeroMQ gives them.
 *
 * @see RFC 37/ZMTP "The Socket-Type Property"
 */
const socketTypeNames: readonly (string | undefined)[] = [
  'PAIR',
  'PUB',
  'SUB',
  'REQ',
  'REP',
  'DEALER',
  'ROUTER',
  'PULL',
  'PUSH',
  'XPUB',
  'XSUB',
  undefined, // STREAM is no ZMTP.
  'SERVER',
  'CLIENT',
  'RADIO',
  'DISH',
  'GATHER',
  'SCATTER',
  undefined, // DGRAM neither.
  'PEER',
  'CHANNEL',
]

/**
 * What the type is called on the wire.
 *
 * @throws {RangeError} it has no name there
 */
export function socketTypeName(type: number): string {
  const name = socketTypeNames[type]
  if (name === undefined) throw new RangeError(`socket type ${type} does not speak ZMTP`)
  return name
}

/** Whether the type may talk to the one that a peer names. */
export const mayTalkTo = (type: number, peerName: string): boolean =>
  canTalk(type, socketTypeNames.indexOf(peerName))

/**
 * The types whose sockets tell peers a routing id.
 *
 * @see RFC 37/ZMTP "The Identity Property"
 */
const announcing = new Set(['REQ', 'DEALER', 'ROUTER'])

export const announcesRoutingId = (type: number): boolean => announcing.has(socketTypeName(type))

/** The types that ZMTP 2.0 has no number for, as those it knows. */
const versionTwo: Readonly<Record<string, number>> = { XPUB: 1, XSUB: 2 }

/** The type's number in a greeting of ZMTP 2.0, where XPUB and XSUB are PUB and SUB. */
export const versionTwoType = (type: number): number => versionTwo[socketTypeName(type)] ?? type

/**
 * ZeroMQ's number for a type's name on the wire.
 *
 * @throws {RangeError} there is no such type
 */
export function socketTypeNamed(name: string): number {
  const type = socketTypeNames.indexOf(name)
  if (type < 0) throw new RangeError(`no socket type is called ${name}`)
  return type
}

/** Whether sockets of a type speak ZMTP; the others see the bytes as they are. */
export const speaksZmtp = (socketType: number): boolean => socketType !== socketTypeId.Stream
