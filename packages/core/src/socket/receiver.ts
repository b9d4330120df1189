import { SocketError } from '../errors.ts'
import { BATCH_BYTES } from '../ring/ringReader.ts'
import type { Thread } from '../thread/thread.ts'
import { batchEffort } from '../thread/turn.ts'
import {
  batchSizeOf,
  blockingBatchSizeOf,
  checkTimeoutOptions,
  type BatchOptions,
  type TimeoutOptions,
} from './arguments.ts'
import type { Gate } from './gate.ts'
import { effortOf, lengthOf } from './message.ts'
import type { SocketOptions } from './options.ts'
import type { Failure, Pattern, Received } from './pattern.ts'
import { SharedBatch } from './sharedBatch.ts'
import { SharedFrame } from './sharedFrame.ts'
import type { SocketParts } from './socketParts.ts'
import type { Waiter } from './waiter.ts'

/** So many messages are asked for at once when those before them were small. */
const LONGEST_STEP = 256

const FINISHED = { done: true, value: undefined } as const
const nothingToGiveBack = (): void => undefined

/**
 * The calls of a socket that receive: one message or all there are, copied or borrowed, as a
 * promise, blocking or by iteration. What they return, the socket's type says.
 */
export class Receiver {
  readonly #thread: Thread
  readonly #options: SocketOptions
  readonly #gate: Gate
  readonly #pattern: Pattern
  readonly #sending: Waiter<void>
  readonly #receiving: Waiter<unknown>

  constructor(parts: SocketParts) {
    this.#thread = parts.thread
    this.#options = parts.options
    this.#gate = parts.gate
    this.#pattern = parts.pattern
    this.#sending = parts.sending
    this.#receiving = parts.receiving
  }

  // ---- promises

  receive(): Promise<unknown> {
    return this.#receive(this.#takeMessage)
  }

  receiveMany(options?: BatchOptions): Promise<unknown> {
    const max = batchSizeOf(options)
    return this.#receive(() => this.#takeBatch(max))
  }

  receiveShared(): Promise<unknown> {
    return this.#receive(this.#takeShared)
  }

  receiveManyShared(options?: BatchOptions): Promise<unknown> {
    const max = batchSizeOf(options)
    return this.#receive(() => this.#takeManyShared(max))
  }

  iterate(): AsyncIterator<unknown, undefined> {
    return { next: () => this.#next() }
  }

  /** No asynchronous function: one more promise and two more turns of the queue, for each message. */
  #next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#gate.isClosed) return Promise.resolve(FINISHED)
    let received: unknown
    try {
      this.#check()
      received = this.#takeMessage()
    } catch (error) {
      return Promise.reject(error as Error)
    }
    if (typeof received === 'string') return this.#nextLater(received as Failure)
    if (this.#sending.isPending) this.#sending.retry()
    const result = { done: false, value: received } as const
    const effort = effortOf(received as Buffer[])
    return this.#thread.turn.settle(result, Promise.resolve(result), effort)
  }

  async #nextLater(first: Failure): Promise<IteratorResult<unknown, undefined>> {
    const { receiveTimeout } = this.#options
    try {
      const value = await this.#receiving.pend(first, receiveTimeout, this.#takeMessage)
      return { done: false, value }
    } catch (error) {
      const ended = this.#gate.isClosed && error instanceof SocketError && error.code === 'EAGAIN'
      if (ended) return FINISHED
      throw error
    }
  }

  // ---- blocking

  receiveSync(options?: TimeoutOptions): unknown {
    if (options !== undefined) checkTimeoutOptions(options)
    return this.#receiveBlocking(this.#takeMessage, options)
  }

  receiveManySync(options?: TimeoutOptions & BatchOptions): unknown {
    const max = blockingBatchSizeOf(options)
    return this.#receiveBlocking(() => this.#takeBatch(max), options)
  }

  receiveSharedSync(options?: TimeoutOptions): unknown {
    if (options !== undefined) checkTimeoutOptions(options)
    return this.#receiveBlocking(this.#takeShared, options)
  }

  receiveManySharedSync(options?: TimeoutOptions & BatchOptions): unknown {
    const max = blockingBatchSizeOf(options)
    return this.#receiveBlocking(() => this.#takeManyShared(max), options)
  }

  // ---- taking: what there is, or why there is nothing

  readonly #takeMessage = (): unknown => {
    const received = this.#pattern.receive()
    if (typeof received === 'string' || this.#pattern.present === undefined) return received
    return this.#pattern.present(received)
  }

  #takeBatch(max: number): unknown[] | Failure {
    const batch: unknown[] = []
    let failure: Failure | undefined
    try {
      failure = this.#fill(batch, max)
    } catch (error) {
      // No memory for the next message, which stays where it is: the next call is told.
      if (!(error instanceof RangeError) || batch.length === 0) throw error
    }
    return batch.length > 0 ? batch : (failure ?? 'EAGAIN')
  }

  /** Adds the messages that are there, up to `max` and to `BATCH_BYTES`; why there are no more. */
  #fill(batch: unknown[], max: number): Failure | undefined {
    let bytes = 0
    // One, two, four: that they are large shows before many are copied.
    for (let step = 1; bytes < BATCH_BYTES; step = Math.min(2 * step, LONGEST_STEP)) {
      const begin = batch.length
      const end = Math.min(begin + step, max)
      const failure = this.#fillUpTo(batch, end)
      if (batch.length < end || end === max) return failure
      for (let n = begin; n < end; n++) bytes += lengthOf(batch[n] as Buffer[])
    }
    return undefined
  }

  #fillUpTo(batch: unknown[], end: number): Failure | undefined {
    if (this.#pattern.receiveMany !== undefined) {
      this.#pattern.receiveMany(batch as Received[], end)
      return undefined
    }
    while (batch.length < end) {
      const next = this.#takeMessage()
      if (typeof next === 'string') return next as Failure
      batch.push(next)
    }
    return undefined
  }

  readonly #takeShared = (): unknown => {
    const pattern = this.#pattern
    if (pattern.receiveFrom !== undefined) {
      const pipe = pattern.receiveFrom()
      return typeof pipe === 'string' ? pipe : pipe.readShared()
    }
    const received = pattern.receiveParts?.() ?? pattern.receive()
    if (typeof received === 'string') return received
    const frames = received.map(SharedFrame.of)
    return pattern.presentShared?.(frames) ?? frames
  }

  #takeManyShared(max: number): SharedBatch<unknown> | Failure {
    const pattern = this.#pattern
    if (pattern.receiveFrom === undefined) {
      const batch = this.#takeBatch(max)
      return typeof batch === 'string' ? batch : new SharedBatch(batch, nothingToGiveBack)
    }
    const pipe = pattern.receiveFrom()
    return typeof pipe === 'string' ? pipe : pipe.borrow(max)
  }

  // ---- waiting

  #receive(take: () => unknown): Promise<unknown> {
    this.#check()
    const received = take()
    if (typeof received === 'string') {
      return this.#receiving.pend(received as Failure, this.#options.receiveTimeout, take)
    }
    if (this.#sending.isPending) this.#sending.retry()
    const effort = take === this.#takeMessage ? effortOf(received as Buffer[]) : batchEffort
    return this.#thread.turn.settle(received, Promise.resolve(received), effort)
  }

  #receiveBlocking(take: () => unknown, options: TimeoutOptions | undefined): unknown {
    this.#check()
    let received = take()
    if (typeof received === 'string') {
      const timeoutMs = options?.timeout ?? this.#options.receiveTimeout
      received = this.#receiving.block(received as Failure, timeoutMs, take)
    }
    if (this.#sending.isPending) this.#sending.retry()
    return received
  }

  #check(): void {
    this.#gate.pass()
    if (this.#receiving.isPending) throw busy()
  }
}

const busy = (): SocketError =>
  new SocketError('EBUSY', {
    message: 'Socket is busy reading; only one receive operation may be in progress at any time',
  })
