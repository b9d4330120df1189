import type { Context } from '../context/context.ts'
import { SocketError } from '../errors.ts'
import type { Thread } from '../thread/thread.ts'

/** Whether a socket's calls are allowed, and how they fail when they are not. */
export class Gate {
  isClosed = false
  readonly #context: Context
  readonly #thread: Thread
  /** Why calls fail at once, if they do. */
  #refusal: (() => SocketError) | undefined

  constructor(context: Context, thread: Thread) {
    this.#context = context
    this.#thread = thread
  }

  /**
   * Does what other threads have asked for, then sees whether calls are allowed.
   *
   * @throws {SocketError} `EBADF` closed, `EBUSY` blocked, `ETERM` the context was shut down
   */
  pass(): void {
    this.#thread.poll()
    if (this.#refusal !== undefined) throw this.#refusal()
  }

  /** What is not a call but a look at the socket. @throws {SocketError} `ENOTSOCK`: it is closed */
  checkOpen(): void {
    if (this.isClosed) throw new SocketError('ENOTSOCK')
  }

  /** Keeps the socket from its user until `unblock`. */
  block(): void {
    // In ZeroMQ's binding a proxy says so, too.
    const message = 'Socket is blocked by a bind or unbind operation'
    this.#refuse(() => new SocketError('EBUSY', { message }))
  }

  unblock(): void {
    if (this.#context.isShutDown) this.shutDown()
    else this.#refuse(undefined)
  }

  shutDown(): void {
    this.#refuse(() => new SocketError('ETERM'))
  }

  close(): void {
    this.#refuse(() => new SocketError('EBADF'))
    this.isClosed = true
  }

  #refuse(refusal: (() => SocketError) | undefined): void {
    if (!this.isClosed) this.#refusal = refusal
  }
}
