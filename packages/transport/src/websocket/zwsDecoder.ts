import { constants } from 'node:buffer'
import { WireError } from '../errors.ts'
import type { MessageDecoder } from '../wire/codec.ts'
import { frameFlag } from '../wire/frame.ts'
import type { FrameCipher } from '../wire/frameCipher.ts'
import { HANDSHAKE_COMMAND_BYTES, type DecoderLimits } from '../wire/frameDecoder.ts'
import { WebSocketDecoder } from './webSocketDecoder.ts'
import { zwsFlag } from './zwsFlag.ts'

const FLAG_BYTES = 1

/** The flags of ZWS as those of ZMTP. */
const frameFlags: (number | undefined)[] = []
frameFlags[zwsFlag.last] = 0
frameFlags[zwsFlag.more] = frameFlag.more
frameFlags[zwsFlag.command] = frameFlag.command

/**
 * Turns WebSocket messages into messages and commands of ZeroMQ.
 *
 * @see RFC 45/ZWS
 */
export class ZwsDecoder implements MessageDecoder {
  /** Each message has to be looked at. */
  readonly canTransfer = false
  readonly #frames: WebSocketDecoder
  readonly #frameLimit: number
  readonly #maxFrames: number
  readonly #maxMultipartBytes: number
  readonly #maxCommandSize: number
  #hasCommands = true
  #cipher: FrameCipher | undefined
  /** Of the frame that was read last, those of `frame.ts`. */
  #flags = 0

  /** The frames of the message whose last one is not there yet. */
  #parts: Buffer[] | undefined
  #partBytes = 0
  /** How many of them are copies. */
  #kept = 0
  /** A command that has been read and not taken. */
  #command: Buffer | undefined

  constructor(isServer: boolean, limits: DecoderLimits = {}) {
    const { maxMessageSize = -1, maxFrames = 65_536, maxCommandSize = 1_048_576 } = limits
    this.#frameLimit = maxMessageSize < 0 ? constants.MAX_LENGTH - FLAG_BYTES : maxMessageSize
    this.#maxFrames = maxFrames
    this.#maxMultipartBytes = limits.maxMultipartBytes ?? Infinity
    this.#maxCommandSize = Math.min(this.#frameLimit, maxCommandSize)
    const first = Math.min(this.#frameLimit, HANDSHAKE_COMMAND_BYTES)
    this.#frames = new WebSocketDecoder(isServer, first + FLAG_BYTES)
  }

  startTraffic(options: { cipher: FrameCipher | undefined; hasCommands: boolean }): void {
    this.#cipher = options.cipher
    this.#hasCommands = options.hasCommands
    this.#frames.limit = this.#frameLimit + FLAG_BYTES
  }

  get hasEnded(): boolean {
    return this.#frames.hasEnded
  }

  takePing(): Buffer | undefined {
    return this.#frames.takePing()
  }

  push(chunk: Buffer): void {
    this.#frames.push(chunk)
  }

  keep(): void {
    this.#frames.keep()
    if (this.#command !== undefined) this.#command = Buffer.from(this.#command)
    const parts = this.#parts
    if (parts === undefined) return
    for (; this.#kept < parts.length; this.#kept++) {
      parts[this.#kept] = Buffer.from(parts[this.#kept]!)
    }
  }

  /**
   * Every frame is taken for a command, as libzmq does; and without a mechanism it is none, but the
   * peer's routing id.
   *
   * @throws {WireError} `MALFORMED_FRAME`, `FRAME_TOO_LARGE`, `UNSUPPORTED_DATA`
   */
  readCommand(): Buffer | undefined {
    const body = this.#readFrame()
    if (body !== undefined && this.#flags === frameFlag.more) {
      throw malformed('a command in parts')
    }
    return body
  }

  read(messages: Buffer[][], limit: number): number {
    const first = messages.length
    const end = first + limit
    while (messages.length < end && this.#command === undefined) {
      const body = this.#readFrame()
      if (body === undefined) break
      this.#accept(body, messages)
    }
    return messages.length - first
  }

  takeCommand(): Buffer | undefined {
    const command = this.#command
    this.#command = undefined
    return command
  }

  close(): void {
    // What it keeps is private memory.
  }

  transfer(): void {
    // It can not.
  }

  #readFrame(): Buffer | undefined {
    const message = this.#frames.read()
    if (message === undefined) return undefined
    const flags = frameFlags[message[0] ?? -1]
    if (flags === undefined) throw malformed(`the flag ${message[0] ?? 'is missing'}`)
    this.#flags = flags
    return message.subarray(FLAG_BYTES)
  }

  /** Puts a frame where it belongs: into a message, or aside as a command. */
  #accept(body: Buffer, messages: Buffer[][]): void {
    let frame = body
    let flags = this.#flags
    if (this.#cipher !== undefined) {
      // Others may frame what is encrypted as a command.
      if (flags === frameFlag.more) throw malformed('a part that is encrypted')
      frame = this.#cipher.open(body)
      flags = this.#cipher.flags
    }
    if (flags === frameFlag.command) {
      this.#acceptCommand(frame)
    } else if (flags === frameFlag.more) {
      this.#acceptPart(frame)
    } else if (this.#parts === undefined) {
      messages.push([frame])
    } else {
      this.#addPart(this.#parts, frame)
      messages.push(this.#parts)
      this.#parts = undefined
      this.#partBytes = 0
      this.#kept = 0
    }
  }

  #acceptCommand(body: Buffer): void {
    if (!this.#hasCommands) throw malformed('a command where there are none')
    if (body.length > this.#maxCommandSize) {
      const limit = `the limit is ${this.#maxCommandSize}`
      throw new WireError('FRAME_TOO_LARGE', `a command of ${body.length} bytes; ${limit}`)
    }
    this.#command = body
  }

  #acceptPart(frame: Buffer): void {
    this.#parts ??= []
    this.#addPart(this.#parts, frame)
    // One more is to come.
    if (this.#parts.length >= this.#maxFrames) {
      throw new WireError('TOO_MANY_FRAMES', `a message of more than ${this.#maxFrames} frames`)
    }
  }

  #addPart(parts: Buffer[], frame: Buffer): void {
    this.#partBytes += frame.length
    if (this.#partBytes > this.#maxMultipartBytes) {
      const what = `a message of more than ${this.#maxMultipartBytes} bytes`
      throw new WireError('MESSAGE_TOO_LARGE', what)
    }
    parts.push(frame)
  }
}

function malformed(what: string): WireError {
  return new WireError('MALFORMED_FRAME', `ZWS: ${what}`)
}
