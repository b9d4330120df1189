import { bufferOver } from '@ringpost/core/internal'
import { WireError } from '../errors.ts'
import { malformedCommand } from '../wire/command.ts'
import type { FrameCipher } from '../wire/frameCipher.ts'
import { frameFlag } from '../wire/frame.ts'
import { SHORT_NONCE_BYTES } from './curveLayout.ts'
import type { OwnNonces, PeerNonces } from './nonceSequence.ts'
import { BOX_BYTES, type Sodium } from './sodium.ts'

const NAME = Buffer.from('\u0007MESSAGE', 'latin1')
const NONCE = NAME.length
const BOX = NONCE + SHORT_NONCE_BYTES
const FLAGS = BOX + BOX_BYTES
const PAYLOAD = FLAGS + 1
/**
 * The flags inside of a MESSAGE: those of libzmq's own messages, not those of frames. A command has
 * no parts.
 */
const innerFlag = { more: 1, command: 2 } as const
const frameFlags: ReadonlyMap<number, number> = new Map([
  [0, 0],
  [innerFlag.more, frameFlag.more],
  [innerFlag.command, frameFlag.command],
])

export interface CurveTrafficKeys {
  /** Of the nonces of what we send. */
  readonly own: Uint8Array
  /** Of the nonces of what the peer sends. */
  readonly peer: Uint8Array
}

/** Frames as MESSAGE commands of CURVE; their layout is in `curveLayout.ts`. */
export class CurveTraffic implements FrameCipher {
  readonly #sodium: Sodium
  readonly #keys: CurveTrafficKeys
  readonly #ownNonces: OwnNonces
  readonly #peerNonces: PeerNonces
  flags = 0

  /** @param ownNonces go on where the handshake ended, as do those of the peer */
  constructor(
    sodium: Sodium,
    keys: CurveTrafficKeys,
    ownNonces: OwnNonces,
    peerNonces: PeerNonces,
  ) {
    this.#sodium = sodium
    this.#keys = keys
    this.#ownNonces = ownNonces
    this.#peerNonces = peerNonces
  }

  seal(body: Uint8Array, flags: number): Buffer {
    const message = Buffer.allocUnsafe(PAYLOAD + body.length)
    message.set(NAME)
    this.#ownNonces.writeNext(message, NONCE)
    message[FLAGS] = flags === frameFlag.command ? innerFlag.command : flags
    message.set(body, PAYLOAD)
    this.#sodium.seal(this.#keys.own, message, NONCE, message, BOX, message.length - BOX)
    return message
  }

  close(): void {
    this.#keys.own.fill(0)
    this.#keys.peer.fill(0)
  }

  open(body: Buffer): Buffer {
    if (!isMessage(body)) {
      throw new WireError('UNEXPECTED_COMMAND', 'traffic that is not encrypted')
    }
    if (body.length < PAYLOAD) throw malformedCommand('MESSAGE', `${body.length} bytes`)
    if (!this.#peerNonces.isNext(body, NONCE)) {
      throw new WireError('INVALID_SEQUENCE', 'a nonce that is not above the last one')
    }
    if (!this.#sodium.open(this.#keys.peer, body, NONCE, body, BOX, body.length - BOX)) {
      throw new WireError('CRYPTOGRAPHIC', 'a MESSAGE does not open')
    }
    this.#peerNonces.accept(body, NONCE)
    const flags = frameFlags.get(body[FLAGS]!)
    if (flags === undefined) {
      throw malformedCommand('MESSAGE', `the flags 0x${body[FLAGS]!.toString(16)}`)
    }
    this.flags = flags
    return bufferOver(body.buffer, body.byteOffset + PAYLOAD, body.length - PAYLOAD)
  }
}

function isMessage(body: Uint8Array): boolean {
  for (let i = 0; i < NAME.length; i++) if (body[i] !== NAME[i]) return false
  return true
}
