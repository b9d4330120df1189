import type { BatchOptions, TimeoutOptions } from './arguments.ts'
import type { SharedBatch } from './sharedBatch.ts'
import type { SharedFrame } from './sharedFrame.ts'

/**
 * Sockets that receive. Wrong use throws a SocketError at once, from promise calls too: `EBUSY`
 * while another receive waits, or while the socket binds or a proxy has it; `EBADF` closed;
 * `ETERM` the context was shut down. What a type of socket refuses is told with it.
 */
export interface Readable<M = Buffer[], Shared = SharedFrame[]> {
  /**
   * The next message, as its frames, which are private copies.
   *
   * Rejects with SocketError: `EAGAIN` after `receiveTimeout`, or when the socket is closed
   * meanwhile; `ETERM`.
   *
   * @throws {RangeError} no private memory for the copies: the message is still there, whole
   * @see zmq_msg_recv(3)
   */
  receive(): Promise<M>
  /**
   * As `receive`, blocking the thread while it waits.
   *
   * @param options.timeout milliseconds to wait, in place of `receiveTimeout`; 0 not at all, -1 for
   *   ever
   * @throws {SocketError} `EAGAIN` after the timeout, `ETERM`
   */
  receiveSync(options?: TimeoutOptions): M
  /**
   * Waits for a message, and returns all that are there, up to `max` and to some 1 MiB in all: of several
   * peers up to 256 messages each before it is the next one's turn. Rejects as `receive` does.
   *
   * @throws {SocketError} `EINVAL`: `max` is no number of messages
   */
  receiveMany(options?: BatchOptions): Promise<M[]>
  /** As `receiveMany`, blocking the thread while it waits. @throws {SocketError} as `receiveSync` */
  receiveManySync(options?: TimeoutOptions & BatchOptions): M[]
  /**
   * The next message, its frames left in shared memory until each is released. It counts as read at
   * once. Types that look into messages give small frames as copies. Rejects as `receive` does.
   */
  receiveShared(): Promise<Shared>
  /** As `receiveShared`, blocking the thread while it waits. @throws {SocketError} as `receiveSync` */
  receiveSharedSync(options?: TimeoutOptions): Shared
  /**
   * As `receiveMany`, with nothing copied: messages of one peer, lent until the batch is released,
   * and unread for the sender until then. There may be more than it holds. Types that look into
   * messages give copies.
   */
  receiveManyShared(options?: BatchOptions): Promise<SharedBatch<M>>
  /** As `receiveManyShared`, blocking the thread while it waits. @throws {SocketError} as `receiveSync` */
  receiveManySharedSync(options?: TimeoutOptions & BatchOptions): SharedBatch<M>
  /**
   * Message after message, as `receive` gives them, until the socket is closed. Leaving the loop
   * leaves the socket open.
   */
  [Symbol.asyncIterator](): AsyncIterator<M, undefined>
}
