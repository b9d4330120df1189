import { span, unpack, type FrameMemory } from '@ringpost/core/internal'
import type { MessageEncoder } from '../wire/codec.ts'
import { frameFlag } from '../wire/frame.ts'
import type { FrameCipher } from '../wire/frameCipher.ts'
import { closeCodeOf, closePayload } from './closeCode.ts'
import { opcode } from './frame.ts'
import { WebSocketEncoder } from './webSocketEncoder.ts'
import { zwsFlag } from './zwsFlag.ts'

const NOTHING = new Uint8Array()

export interface ZwsSide {
  readonly isServer: boolean
  /** False for `ZWS2.0` alone, where there is no handshake but a routing id, which is a message. */
  readonly hasMechanism: boolean
}

/**
 * Frames of ZeroMQ as WebSocket messages.
 *
 * @see RFC 45/ZWS
 */
export class ZwsEncoder implements MessageEncoder {
  readonly #frames: WebSocketEncoder
  #commandFlag: number
  #cipher: FrameCipher | undefined
  #hasLeft = false

  constructor({ isServer, hasMechanism }: ZwsSide) {
    this.#frames = new WebSocketEncoder(isServer)
    this.#commandFlag = hasMechanism ? zwsFlag.command : zwsFlag.last
  }

  startTraffic(cipher: FrameCipher | undefined): void {
    this.#cipher = cipher
    this.#commandFlag = zwsFlag.command
  }

  get pendingBytes(): number {
    return this.#frames.pendingBytes
  }

  get isEncrypting(): boolean {
    return this.#cipher !== undefined
  }

  addMessage(frames: readonly Uint8Array[]): void {
    const last = frames.length - 1
    for (let i = 0; i < last; i++) this.#add(frames[i]!, zwsFlag.more, frameFlag.more)
    this.#add(frames[last]!, zwsFlag.last, 0)
  }

  frames({ bytes }: FrameMemory, spans: Int32Array, count: number): void {
    for (let i = 0; i < count * span.size; i += span.size) {
      const at = spans[i]!
      const flag = spans[i + span.hasMore]! === 0 ? zwsFlag.last : zwsFlag.more
      this.#frames.addBinary(flag, bytes.subarray(at, at + spans[i + span.length]!), false)
    }
  }

  pack({ bytes }: FrameMemory, begin: number, _length: number, count: number): void {
    const messages: Buffer[][] = []
    unpack(bytes, begin, count, messages)
    for (const message of messages) {
      message.forEach((frame, i) => {
        const flag = i < message.length - 1 ? zwsFlag.more : zwsFlag.last
        this.#frames.addBinary(flag, frame, false)
      })
    }
  }

  addCommand(body: Uint8Array): void {
    this.#add(body, this.#commandFlag, frameFlag.command)
  }

  /** As libzmq does: a WebSocket asks by itself. It cannot say how long it waits. */
  addPing(): void {
    this.#frames.addControl(opcode.ping, NOTHING)
  }

  addPong(ping: Uint8Array): void {
    this.#frames.addControl(opcode.pong, ping)
  }

  take(): Uint8Array[] {
    return this.#frames.take()
  }

  farewell(error: Error | undefined): Buffer | undefined {
    if (this.#hasLeft) return undefined
    this.#hasLeft = true
    // What was not taken is not to be written any more.
    this.#frames.take()
    this.#frames.addControl(opcode.close, closePayload(closeCodeOf(error)))
    return Buffer.concat(this.#frames.take())
  }

  /** @param sealedFlag of the frame that a cipher puts into another one, which has no flag then */
  #add(body: Uint8Array, flag: number, sealedFlag: number): void {
    if (this.#cipher === undefined) this.#frames.addBinary(flag, body)
    else this.#frames.addBinary(zwsFlag.last, this.#cipher.seal(body, sealedFlag))
  }
}
