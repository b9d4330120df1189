import type { Context } from '../context/context.ts'
import { SocketError } from '../errors.ts'
import type { Looker, Thread } from '../thread/thread.ts'
import type { Failure, Pattern } from './pattern.ts'
import { Waiting } from './waiting.ts'

/** What ends a wait without a result. */
type Ending = 'EAGAIN' | 'ETERM'

/** A try: its result, or why there is none. */
type Attempt<T> = () => T | Failure

type ErrorOf = (code: Failure | Ending) => SocketError
const plainError: ErrorOf = (code) => new SocketError(code)

/** What a pattern knows of one way. */
interface Way {
  /** Whether it is worth trying again. */
  readonly isReady: () => boolean
  /** Asks to be told when it is; false when it is now. */
  readonly park: () => boolean
  /** How a promise waits: parked at once, or only before the thread sleeps. */
  readonly isParkedLate: boolean
  /** Whether a call would fail with `EFSM`, at the end of a wait. */
  readonly isOutOfTurn: () => boolean
}

/** How the calls of a socket wait that go one way, out or in: one as a promise, others blocking. */
export class Waiter<T> {
  readonly #context: Context
  readonly #thread: Thread
  readonly #way: Way
  readonly #mayBlock: () => boolean
  /** The other way: what a call of this one has done may be what one of the other waits for. */
  #opposite: { readonly isPending: boolean; retry(): void } | undefined
  #waiting: Waiting<T> | undefined
  #attempt: Attempt<T> = () => 'EAGAIN'
  #errorOf = plainError
  /** Tries asked for: a pipe that ends in the middle of one asks for another, not for one within. */
  #tries = 0
  readonly #looker: Looker = {
    // The promise may have been settled since it began to wait.
    isReady: () => this.#waiting !== undefined && this.#way.isReady(),
    park: () => this.#waiting === undefined || this.#way.park(),
    look: () => this.retry(),
  }

  constructor(context: Context, thread: Thread, way: Way, mayBlock: () => boolean) {
    this.#context = context
    this.#thread = thread
    this.#way = way
    this.#mayBlock = mayBlock
  }

  /**
   * Those of a socket's two ways.
   *
   * @param mayBlock whether others do what is waited for: not where this thread's event loop has to
   */
  static pair<Out, In>(
    context: Context,
    thread: Thread,
    pattern: Pattern,
    mayBlock: () => boolean,
  ): { sending: Waiter<Out>; receiving: Waiter<In> } {
    const sendingWay: Way = {
      isReady: () => pattern.canSendAgain?.() ?? pattern.canSend(),
      park: () => pattern.parkSending(),
      isParkedLate: false,
      isOutOfTurn: () => pattern.isSendOutOfTurn?.() ?? false,
    }
    const receivingWay: Way = {
      isReady: () => pattern.canReceive(),
      park: () => pattern.parkReceiving(),
      isParkedLate: true,
      isOutOfTurn: () => pattern.isReceiveOutOfTurn?.() ?? false,
    }
    const sending = new Waiter<Out>(context, thread, sendingWay, mayBlock)
    const receiving = new Waiter<In>(context, thread, receivingWay, mayBlock)
    sending.#opposite = receiving
    receiving.#opposite = sending
    return { sending, receiving }
  }

  /** Whether a promise waits. */
  get isPending(): boolean {
    return this.#waiting !== undefined
  }

  /**
   * Waits as a promise, after a first try that has failed; not at all when the reason will not pass.
   *
   * @param timeoutMs 0 not at all, -1 for ever
   */
  pend(first: Failure, timeoutMs: number, attempt: Attempt<T>, errorOf = plainError): Promise<T> {
    const mayPass = first === 'EAGAIN' || first === 'EFSM'
    if (!mayPass || timeoutMs === 0) return Promise.reject(errorOf(first))
    const waiting = new Waiting<T>(this.#thread.keepAlive, timeoutMs, () => this.giveUp('EAGAIN'))
    this.#waiting = waiting
    this.#attempt = attempt
    this.#errorOf = errorOf
    this.#thread.arm()
    this.retry()
    return waiting.promise
  }

  /** Tries again until it has to wait. */
  retry(): void {
    if (this.#waiting === undefined || ++this.#tries > 1) return
    try {
      do {
        this.#tries = 1
        this.#try()
      } while (this.#tries > 1)
    } finally {
      this.#tries = 0
    }
  }

  #try(): void {
    for (;;) {
      const waiting = this.#waiting
      if (waiting === undefined) return
      let result: T | Failure
      try {
        result = this.#attempt()
      } catch (error) {
        this.#end()
        waiting.reject(error as Error)
        return
      }
      if (result === 'EFSM' || (result === 'EAGAIN' && this.#wait())) return
      if (result === 'EAGAIN') continue
      const errorOf = this.#end()
      if (typeof result === 'string') waiting.reject(errorOf(result as Failure))
      else waiting.resolve(result)
      this.#opposite?.retry()
      return
    }
  }

  /** False: it is worth trying again now. */
  #wait(): boolean {
    const way = this.#way
    return way.isParkedLate ? this.#thread.lookAfter(this.#looker) : way.park()
  }

  /** Ends the waiting of the promise, after a last try when it is out of time. */
  giveUp(code: Ending): void {
    if (code === 'EAGAIN') this.retry()
    const waiting = this.#waiting
    if (waiting === undefined) return
    const errorOf = this.#end()
    waiting.reject(errorOf(code === 'EAGAIN' && this.#way.isOutOfTurn() ? 'EFSM' : code))
  }

  /** Lets go of the call and of what it holds. */
  #end(): ErrorOf {
    const errorOf = this.#errorOf
    this.#waiting = undefined
    this.#attempt = () => 'EAGAIN'
    this.#errorOf = plainError
    return errorOf
  }

  /**
   * Waits blocking the thread, after a first try that has failed.
   *
   * @throws {SocketError} what keeps a try from ever succeeding; `EAGAIN` out of time, `ETERM`,
   *   `EMTHREAD`: it would wait for what this thread's own event loop has to do
   */
  block(first: Failure, timeoutMs: number, attempt: Attempt<T>, errorOf = plainError): T {
    const deadline = timeoutMs < 0 ? Infinity : performance.now() + timeoutMs
    let result: T | Failure = first
    do {
      if (result !== 'EAGAIN') throw errorOf(result as Failure)
      if (timeoutMs !== 0 && !this.#mayBlock()) throw nobodyElse()
      const ending = this.#sleep(deadline)
      if (ending !== undefined) throw errorOf(ending)
      result = attempt()
    } while (typeof result === 'string')
    return result
  }

  /** Sleeps until it is worth trying again. */
  #sleep(deadline: number): Ending | undefined {
    if (this.#context.isShutDown) return 'ETERM'
    const left = deadline === Infinity ? Infinity : deadline - performance.now()
    if (left <= 0) return 'EAGAIN'
    this.#thread.wait(left, this.#way.isReady, this.#way.park)
    return this.#context.isShutDown ? 'ETERM' : undefined
  }
}

const nobodyElse = (): SocketError =>
  new SocketError('EMTHREAD', {
    message:
      "The thread's own event loop does the I/O that this call would wait for; " +
      'set context.ioThreads to 1 or more before binding and connecting',
  })
