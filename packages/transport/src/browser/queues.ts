import { SocketError } from './errors.ts'
import { Waiter } from './waiter.ts'
import type { Message } from './zws.ts'

/** Messages that have come and were not received yet. */
export class Inbox {
  readonly #messages: Message[] = []
  readonly #receiver = new Waiter<Message>()
  readonly #limit: number
  readonly #onRoom: () => void
  #isClosed = false

  /**
   * @param limit 0 for none
   * @param onRoom half of it is free again
   */
  constructor(limit: number, onRoom: () => void) {
    this.#limit = limit === 0 ? Infinity : limit
    this.#onRoom = onRoom
  }

  get isFull(): boolean {
    return this.#messages.length >= this.#limit
  }

  add(message: Message): void {
    if (this.#receiver.isWaiting) this.#receiver.resolve(message)
    else this.#messages.push(message)
  }

  /** @throws {SocketError} `EAGAIN`, `EBADF`, `EBUSY` */
  async take(timeoutMs: number): Promise<Message> {
    if (this.#isClosed) throw new SocketError('EBADF')
    const message = this.#messages.shift()
    if (message === undefined) return this.#receiver.wait(timeoutMs)
    if (this.#messages.length === Math.floor(this.#limit / 2)) this.#onRoom()
    return message
  }

  close(): void {
    this.#isClosed = true
    this.#messages.length = 0
    this.#receiver.reject(new SocketError('EBADF'))
  }
}

/** Messages that are to be sent, and wait for a connection. */
export class Outbox {
  readonly #messages: Message[] = []
  readonly #sender = new Waiter<void>()
  readonly #limit: number
  #isClosed = false

  /** @param limit 0 for none */
  constructor(limit: number) {
    this.#limit = limit === 0 ? Infinity : limit
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0
  }

  /** @throws {SocketError} `EAGAIN`, `EBADF`, `EBUSY` */
  async add(message: Message, timeoutMs: number): Promise<void> {
    if (this.#isClosed) throw new SocketError('EBADF')
    if (this.#messages.length >= this.#limit) await this.#sender.wait(timeoutMs)
    this.#messages.push(message)
  }

  take(): Message | undefined {
    const message = this.#messages.shift()
    if (message !== undefined) this.#sender.resolve()
    return message
  }

  /** What there is may still be taken. */
  close(): void {
    this.#isClosed = true
    this.#sender.reject(new SocketError('EBADF'))
  }
}
