import type { SocketErrorCode } from '../errors.ts'
import type { Outgoing, Part } from './message.ts'
import type { OptionDefinition } from './optionDefinition.ts'
import type { SocketOptions } from './options.ts'
import type { Pipe } from './pipe.ts'
import type { SharedFrame } from './sharedFrame.ts'

/** Why a message could not be sent or received now. `EAGAIN` and `EFSM` may pass. */
export type Failure = Extract<
  SocketErrorCode,
  'EAGAIN' | 'EFSM' | 'EHOSTUNREACH' | 'EINVAL' | 'EMSGSIZE' | 'ENOTSUP'
>

/** A received message, with what a type tells beside its frames. */
export type Received = Buffer[]

/** What a pattern may ask of its socket. */
export interface PatternHost {
  readonly options: SocketOptions
  /** The pipe has been written to; publish it with the others when the call ends. */
  flushLater(pipe: Pipe): void
  /** Closes a pipe, for a reason of the pattern's. What was sent lingers as the socket's option says. */
  closePipe(pipe: Pipe, lingerMs?: number): void
  /** What was done besides what was asked for, in calls with a small message. */
  spend(effort: number): void
}

/**
 * What makes a socket type: which pipe a message goes to and comes from, and in which order calls
 * may come. All of it is synchronous; the socket around it waits.
 */
export interface Pattern {
  /** A pipe is there to be used, connected by this side or by the other. */
  attach(pipe: Pipe): void
  /** The other side of a pipe that had been connected before is there now. */
  attached?(pipe: Pipe): void
  /** The pipe is gone. */
  detach(pipe: Pipe): void
  /** The pipe has something to read again. */
  readable(pipe: Pipe): void
  /** The pipe has room again. */
  writable(pipe: Pipe): void

  /** Sends a message; undefined when it was taken. */
  send(message: Outgoing): Failure | undefined
  /**
   * Sends some of a batch from `begin` on, as fast as it can, and says where it stopped: at a
   * message that is not a single frame of bytes, or that has to wait. `send` is tried next.
   */
  sendMany?(messages: readonly unknown[], begin: number): number
  /** Whether a text is surely for nobody, so that it need not be turned into bytes. */
  isUnwanted?(text: string): boolean
  /** The next message, or why there is none. */
  receive(): Received | Failure
  /** Where the next message is to be read from, for a borrowed read; it has been prepared. */
  receiveFrom?(): Pipe | Failure
  /** As `receive`, with large frames left in shared memory; where `receiveFrom` does not do. */
  receiveParts?(): Part[] | Failure

  /** Adds messages that are there to a batch, until it has `max` or they are `BATCH_BYTES`. */
  receiveMany?(messages: Received[], max: number): void

  /** Nothing will be looked for until `readable`. False when there is something after all. */
  parkReceiving(): boolean
  /** Nothing will be sent until `writable`. False when there is room after all. */
  parkSending(): boolean
  canSend(): boolean
  /** Whether the message that last had to wait may be sent now, where `canSend` does not tell. */
  canSendAgain?(): boolean
  canReceive(): boolean

  /** Whether a send would fail with `EFSM`, at the end of a wait. */
  isSendOutOfTurn?(): boolean
  isReceiveOutOfTurn?(): boolean

  /**
   * Puts the target that was given beside a message into it.
   *
   * @throws {TypeError} there is no target
   */
  address?(message: Outgoing, target: object | undefined): Outgoing
  /** What the application gets for a received message, where that is more than its frames. */
  present?(message: Received): unknown
  /** The same for a message that is borrowed. */
  presentShared?(message: SharedFrame[]): unknown

  /** An option is about to be read: what it tells shall be up to date. */
  optionRead?(definition: OptionDefinition): void
  /** An option was set. `value` is as it is kept. */
  optionChanged?(definition: OptionDefinition, value: unknown): void
}
