import type { FrameSink, PackSink } from '@ringpost/core/internal'
import type { FrameCipher } from './frameCipher.ts'

/** Where messages go that are not to be looked at. */
export interface MessageSink extends PackSink {
  /** How many messages there is room for. */
  room(): number
}

/** Memory that a frame is gathered in, and that stands for it afterwards. */
export interface HeldFrame {
  readonly data: Buffer
  readonly length: number
  /** Nobody wants it. */
  release(): void
}

/** What a connection's traffic is decoded with. */
export interface TrafficOptions<Held> {
  /** Decrypts it. */
  cipher?: FrameCipher | undefined
  /** False for ZMTP 2.0. */
  hasCommands?: boolean
  /**
   * Memory for a message's frame that is spread over chunks; undefined to keep it in private memory.
   *
   * @param bytes at most 128 KiB
   */
  hold?: (bytes: number) => Held | undefined
}

/**
 * Turns chunks of bytes, split anywhere, into whole messages and commands.
 *
 * In the handshake `readCommand` reads one command at a time; after `startTraffic` it is `read` and
 * `takeCommand`. After an error there is nothing more to be read.
 */
export interface MessageDecoder<Held extends HeldFrame = never> {
  /** Messages may come from now on. */
  startTraffic(options: TrafficOptions<Held>): void
  /** Takes over a chunk, to be read behind those before it. It may be changed. */
  push(chunk: Buffer): void
  /** The memory of chunks is used again: copies what has not been read of them. */
  keep(): void
  /**
   * In the handshake: the next command's body, once it is there.
   *
   * @throws {WireError}
   */
  readCommand(): Buffer | undefined
  /**
   * Reads up to `limit` messages; fewer when no more are there, or when a command comes first: then
   * `takeCommand` has it, and there is more to be read.
   *
   * @returns how many messages were read
   * @throws {WireError} the messages read before are in `messages`
   */
  read(messages: (Buffer | Held)[][], limit: number): number
  /** The command that `read` stopped at. */
  takeCommand(): Buffer | undefined
  /** Whether `transfer` may give something. */
  readonly canTransfer: boolean
  /** Gives messages to `sink` that need not be looked at, as far as it has room; `read` comes next. */
  transfer(sink: MessageSink): void
  /**
   * What the peer has asked a sign of life with, below messages and commands; the latest alone. It is
   * answered by `MessageEncoder.addPong`.
   */
  takePing(): Buffer | undefined
  /** Nothing more is to be read: lets go of what is held. */
  close(): void
  /** Whether the peer has said farewell: nothing comes behind that. */
  readonly hasEnded: boolean
}

/**
 * Turns messages and commands into chunks of bytes, to be written in one go with what came before.
 *
 * Large frames may be chunks of their own: their bytes must not change until they are written.
 */
export interface MessageEncoder extends FrameSink {
  /** Encrypts what is added from now on, if there is a cipher. */
  startTraffic(cipher: FrameCipher | undefined): void
  /** How many bytes `take` would give. */
  readonly pendingBytes: number
  /** Whether frames are encrypted: then `frames` is not to be used. */
  readonly isEncrypting: boolean
  addMessage(frames: readonly Uint8Array[]): void
  /** @param body what `command.ts` or a mechanism made */
  addCommand(body: Uint8Array): void
  /**
   * Asks for a sign of life.
   *
   * @param timeToLiveMs after so long a silence the peer may close, if the protocol can say so; 0 for never
   */
  addPing(timeToLiveMs: number): void
  /** Answers what `MessageDecoder.takePing` gave. */
  addPong(ping: Uint8Array): void
  /** All that was added since the last time, in order. */
  take(): Uint8Array[]
  /**
   * What is to be written last; undefined when the protocol has nothing for it, or it was given before.
   *
   * @param error what the peer has done wrong; undefined when nothing was
   */
  farewell(error: Error | undefined): Buffer | undefined
}
