import { WireError } from '../errors.ts'
import { announcesRoutingId, versionTwoType } from './socketType.ts'
import type { ZmtpVersion } from './version.ts'

/**
 * How a connection begins: each side sends a greeting, and finds out byte by byte what the other
 * one speaks.
 *
 *      0      1        9      10      11      12          32          33      64
 *      +------+--------+------+-------+-------+-----------+-----------+-------+
 *      | 0xff | any    | 0x7f | major | minor | mechanism | as-server | zero  |   ZMTP 3.x
 *      +------+--------+------+-------+-------+-----------+-----------+-------+
 *      | 0xff | any    | 0x7f | 1     | type  | 0 | size | routing id              ZMTP 2.0
 *      +------+--------+------+-------+-------+-----------+
 *
 * The first ten bytes are the signature. A peer of ZMTP 1.0, which has none, takes ours for the
 * header of a routing id, whose length plus one is therefore in the bytes that mean nothing.
 *
 * @see RFC 37/ZMTP "Version Negotiation" and "Backwards Interoperability", RFC 15/ZMTP
 */
const greeting = {
  signature: 0,
  padding: 1,
  signatureEnd: 9,
  major: 10,
  minor: 11,
  mechanism: 12,
  asServer: 32,
  bytes: 64,
} as const
const versionTwoGreeting = { socketType: 11, flags: 12, size: 13, routingId: 14 } as const

const SIGNATURE_START = 0xff
const SIGNATURE_END = 0x7f
const LONGEST_GREETING = versionTwoGreeting.routingId + 255

export interface OwnGreeting {
  /** `NULL`, `PLAIN` or `CURVE`. */
  readonly mechanism: string
  /** Whether this side is the mechanism's server; false for `NULL`. */
  readonly asServer: boolean
  /** ZeroMQ's number for the type of the socket. */
  readonly socketType: number
  readonly routingId: Uint8Array
  /** Whether peers that know no security may be talked to: not when they are to be authenticated. */
  readonly acceptVersion2: boolean
}

/** What the peer speaks and says of itself. */
export type PeerGreeting =
  | {
      readonly version: '3.0' | '3.1'
      /** Whatever it said; compare it by `requireMechanism`. */
      readonly mechanism: string
      /** What it said; libzmq always says false. */
      readonly asServer: boolean
    }
  | {
      readonly version: '2.0'
      /** ZeroMQ's number; that of PUB also for an XPUB, of SUB for an XSUB. */
      readonly socketType: number
      readonly routingId: Buffer
    }

export interface GreetingProgress {
  /** To be sent, also when something is wrong with `peer`. */
  readonly reply: Buffer | undefined
  /** Once the peer's greeting is complete. */
  readonly peer: PeerGreeting | undefined
  /** What came behind the greeting. */
  readonly rest: Buffer
}

/**
 * Greets one peer.
 *
 * Neither side waits for bytes that the other will not send: `open` is sent at once, and the rest
 * as soon as the peer's version is known, which is its eleventh byte.
 */
export class GreetingExchange {
  readonly #own: OwnGreeting
  readonly #received = Buffer.alloc(LONGEST_GREETING)
  #count = 0
  /** How long the peer's greeting is, as far as is known. */
  #expected: number = greeting.major + 1
  #version: ZmtpVersion | undefined

  constructor(own: OwnGreeting) {
    this.#own = own
  }

  /** What to send as soon as there is a connection: the signature and the major version. */
  open(): Buffer {
    return ownGreeting(this.#own).subarray(0, greeting.minor)
  }

  /**
   * Takes what has arrived.
   *
   * @throws {WireError} `UNSUPPORTED_VERSION`, `MALFORMED_FRAME`: there is nothing to reply
   */
  receive(chunk: Buffer): GreetingProgress {
    let reply: Buffer | undefined
    let used = 0
    for (;;) {
      const taken = chunk.copy(this.#received, this.#count, used, used + this.#missing())
      used += taken
      this.#count += taken
      this.#checkSignature()
      if (this.#missing() > 0) return { reply, peer: undefined, rest: chunk.subarray(used) }
      if (this.#version === undefined) reply = this.#decideVersion()
      else if (this.#missesRoutingId()) this.#expected += this.#received[versionTwoGreeting.size]!
      else return { reply, peer: this.#peer(), rest: chunk.subarray(used) }
    }
  }

  #missing(): number {
    return this.#expected - this.#count
  }

  /** As early as a byte is wrong: a peer of another protocol may wait for us. */
  #checkSignature(): void {
    const received = this.#received
    if (this.#count > 0 && received[greeting.signature] !== SIGNATURE_START) {
      throw new WireError('UNSUPPORTED_VERSION', 'the peer speaks ZMTP 1.0 or no ZMTP')
    }
    // In ZMTP 1.0 these are the flags of a routing id, which is one frame.
    if (this.#count > greeting.signatureEnd && (received[greeting.signatureEnd]! & 1) === 0) {
      throw new WireError('UNSUPPORTED_VERSION', 'the peer speaks ZMTP 1.0')
    }
  }

  /** @returns the rest of our greeting */
  #decideVersion(): Buffer {
    const major = this.#received[greeting.major]!
    if (major === 0) throw new WireError('UNSUPPORTED_VERSION', 'the peer speaks ZMTP 1.0')
    if (major >= 3) {
      this.#version = '3.1'
      this.#expected = greeting.bytes
      return ownGreeting(this.#own).subarray(greeting.minor)
    }
    if (this.#own.mechanism !== 'NULL' || !this.#own.acceptVersion2) {
      throw new WireError('UNSUPPORTED_VERSION', 'the peer speaks ZMTP 2.0, which has no security')
    }
    this.#version = '2.0'
    this.#expected = versionTwoGreeting.routingId
    return ownVersionTwo(this.#own)
  }

  /** Whether the length of a ZMTP 2.0 peer's routing id has just become known. */
  #missesRoutingId(): boolean {
    if (this.#version !== '2.0' || this.#expected > versionTwoGreeting.routingId) return false
    const flags = this.#received[versionTwoGreeting.flags]!
    if (flags !== 0) {
      throw new WireError('MALFORMED_FRAME', `a routing id with the flags 0x${flags.toString(16)}`)
    }
    return this.#received[versionTwoGreeting.size]! > 0
  }

  #peer(): PeerGreeting {
    const received = this.#received
    if (this.#version === '2.0') {
      return {
        version: '2.0',
        socketType: received[versionTwoGreeting.socketType]!,
        routingId: Buffer.from(received.subarray(versionTwoGreeting.routingId, this.#expected)),
      }
    }
    const isFirstMinor = received[greeting.major] === 3 && received[greeting.minor] === 0
    return {
      version: isFirstMinor ? '3.0' : '3.1',
      mechanism: withoutPadding(received.toString('latin1', greeting.mechanism, greeting.asServer)),
      asServer: received[greeting.asServer] !== 0,
    }
  }
}

/**
 * Whether both sides use the same mechanism.
 *
 * @throws {WireError} `MECHANISM_MISMATCH`
 */
export function requireMechanism(own: string, peer: string): void {
  if (own === peer) return
  const theirs = JSON.stringify(peer)
  throw new WireError('MECHANISM_MISMATCH', `the peer's mechanism is ${theirs}, ours is ${own}`)
}

function ownGreeting(own: OwnGreeting): Buffer {
  const bytes = Buffer.alloc(greeting.bytes)
  bytes[greeting.signature] = SIGNATURE_START
  bytes.writeBigUInt64BE(BigInt(own.routingId.length + 1), greeting.padding)
  bytes[greeting.signatureEnd] = SIGNATURE_END
  bytes[greeting.major] = 3
  bytes[greeting.minor] = 1
  bytes.write(own.mechanism, greeting.mechanism, 'latin1')
  bytes[greeting.asServer] = own.asServer ? 1 : 0
  return bytes
}

/** The rest of our greeting for ZMTP 2.0: the type of the socket, and a frame with its routing id. */
function ownVersionTwo(own: OwnGreeting): Buffer {
  const routingId = announcesRoutingId(own.socketType) ? own.routingId : new Uint8Array()
  return Buffer.from([versionTwoType(own.socketType), 0, routingId.length, ...routingId])
}

/** Compared are all twenty bytes, so that only what is behind the name is cut off. */
const withoutPadding = (name: string): string => name.replace(/\0+$/, '')
