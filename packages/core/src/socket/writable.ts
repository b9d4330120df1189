import type { TimeoutOptions } from './arguments.ts'
import type { MessageLike } from './message.ts'

/** What can be sent: one frame, or several. */
export type Message = MessageLike | readonly MessageLike[]

type Batch<M, Target> = readonly (Target extends undefined ? M : readonly [M, Target])[]

/**
 * Sockets that send. Wrong use throws a SocketError at once, from promise calls too: `EBUSY` while
 * another send waits, or while the socket binds or a proxy has it; `EBADF` closed; `ETERM` the
 * context was shut down. What a type of socket refuses is told with it.
 */
export interface Writable<M = Message, Target = undefined> {
  /**
   * Sends a message, waiting while there is nobody to take it or they are at their high-water mark.
   *
   * Bytes are copied as soon as there is room: they must not change before the promise is settled. A
   * SharedFrame is handed over; if the message cannot be sent, all of its frames are still yours.
   *
   * Rejects with SocketError: `EAGAIN` after `sendTimeout`, or when the socket is closed meanwhile;
   * `ENOMEM`; `ETERM`.
   *
   * @param message one frame, or an array of frames; an empty array is not sent
   * @throws {TypeError} there is no message
   * @see zmq_msg_send(3)
   */
  send(message: M, ...target: Target extends undefined ? [] : [Target]): Promise<void>
  /**
   * As `send`, blocking the thread while it waits.
   *
   * @param options.timeout milliseconds to wait, in place of `sendTimeout`; 0 not at all, -1 for ever
   * @throws {SocketError} `EAGAIN` after the timeout, `ENOMEM`, `ETERM`
   */
  sendSync(
    message: M,
    ...options: Target extends undefined ? [TimeoutOptions?] : [Target & TimeoutOptions]
  ): void
  /**
   * Sends messages in a row, made readable together as far as there is room; then it waits for more.
   *
   * Rejects as `send` does. The messages before the one that failed have been sent: as many as
   * the error's `sent` says, so that one may go on from there.
   *
   * @param messages each as for `send`; with its target, where there is one, as a pair
   * @throws {TypeError} it is no array of messages: nothing was sent
   */
  sendMany(messages: Batch<M, Target>): Promise<void>
  /**
   * As `sendMany`, blocking the thread while it waits.
   *
   * @throws {SocketError} as `sendSync`, with `sent`
   */
  sendManySync(messages: Batch<M, Target>, options?: TimeoutOptions): void
}
