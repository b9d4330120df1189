import type { InspectOptions } from 'node:util'
import { isMainThread, threadId } from 'node:worker_threads'
import { SocketError } from '../errors.ts'
import { outline, show } from '../inspection.ts'
import { Inproc } from '../inproc/inproc.ts'
import { Arena } from '../memory/arena.ts'
import { header, PAGE_BYTES } from '../memory/layout.ts'
import { ThreadTable } from '../memory/threadTable.ts'
import { allocateFrame, type SharedFrame } from '../socket/sharedFrame.ts'
import { reapThreads } from '../thread/reaper.ts'
import { Thread } from '../thread/thread.ts'
import { Uncloneable } from '../thread/uncloneable.ts'
import {
  defineContextProperties,
  initialContextWords,
  readContextOptionById,
  readContextWord,
  writeContextOptionById,
  writeContextWord,
  type ContextInformation,
  type ContextOptionDefinition,
  type ContextOptions,
} from './contextOptions.ts'
import { joinProcess, parentThreadId, reapThread, watchForDeaths } from './process.ts'

/** A context in a form that can be sent to another thread of this process, or cloned. */
export interface ContextHandle {
  readonly ringpost: SharedArrayBuffer
}

/** What a context's memory amounts to, in bytes. */
export interface ContextMemory {
  /** In use: pipes' rings, messages on their way, frames being held. */
  readonly usedBytes: number
  /** Ever used at once; this much may be resident. */
  readonly reservedBytes: number
}

const Running = { yes: 0, no: 1 } as const

/** What sockets use of their context; the key of a method, so that users see no such name. */
export const enter: unique symbol = Symbol('enter')

/** One thread's part in a context. */
export interface Membership {
  readonly thread: Thread
  readonly inproc: Inproc
}

/**
 * All sockets of a process that can reach each other by `inproc`, whichever thread they are in:
 * the sockets' container and the memory that they share.
 *
 * A process has one (`context`), which every thread finds by itself. Another one is a world of its
 * own; its `handle` takes it to other threads.
 */
export class Context extends Uncloneable {
  readonly #arena: Arena
  #membership: Membership | undefined

  /**
   * @param options see ContextOptions; unknown ones are an error
   * @throws {TypeError} wrong or unknown options
   * @throws {SocketError} `EINVAL` out of range, `ENOMEM` no address space
   */
  constructor(options?: Partial<ContextOptions>, ...rest: never[]) {
    super()
    if (rest.length > 0) {
      throw new TypeError(`Expected 1 argument but received ${rest.length + 1}`)
    }
    if (options !== undefined && (typeof options !== 'object' || options === null)) {
      throw new TypeError('Options must be an object')
    }
    if (opening !== undefined) {
      this.#arena = opening
    } else {
      this.#arena = Arena.create()
      this.#arena.words.set(initialContextWords(), header.options)
    }
    Object.seal(this)
    if (options !== undefined) Object.assign(this, options)
    watchForDeaths(this)
  }

  /** @internal A worker thread that this thread has started is gone. */
  [reapThread](threadId: number): void {
    const isMember = new ThreadTable(this.#arena).descendants(threadId).length > 0
    if (isMember) reapThreads(this[enter]().thread, threadId)
  }

  /**
   * The context that another thread of this process has handed over.
   *
   * @throws {SocketError} `EINVAL`: no handle, or one of another version
   */
  static from(handle: ContextHandle): Context {
    if (!(handle?.ringpost instanceof SharedArrayBuffer)) throw new SocketError('EINVAL')
    opening = Arena.open(handle.ringpost)
    try {
      return new Context()
    } finally {
      opening = undefined
    }
  }

  /** What another thread needs to use this context. */
  get handle(): ContextHandle {
    // Threads may use it for as long as they live, and are cleaned up after by this one.
    handedOn.add(this)
    return { ringpost: this.#arena.buffer }
  }

  /**
   * Memory for a frame, to be filled in place and sent without a copy, or released.
   *
   * @param size bytes
   * @throws {SocketError} `EINVAL` no size, `ENOMEM` no room
   */
  allocate(size: number): SharedFrame {
    if (!Number.isInteger(size) || size < 0) {
      throw new SocketError('EINVAL', { message: `${size} is no number of bytes` })
    }
    const frame = allocateFrame(this[enter]().thread, size)
    if (frame !== undefined) return frame
    throw new SocketError('ENOMEM', {
      message: `Cannot allocate memory: the context has no room for ${size} bytes more`,
    })
  }

  /** Memory in use, by all threads. */
  get memory(): ContextMemory {
    const { thread } = this[enter]()
    // What other threads have left to be freed by this one is not in use.
    thread.poll()
    const { heap, arena } = thread
    const pages = arena.words[header.pagesHigh]! - arena.words[header.firstPage]!
    return { usedBytes: heap.usedBytes(), reservedBytes: pages * PAGE_BYTES }
  }

  /** True after `shutdown`. */
  get isShutDown(): boolean {
    return Atomics.load(this.#arena.words, header.state) === Running.no
  }

  /**
   * Ends all waiting: every call that waits, in every thread, and every later one, fails with
   * `ETERM`. Sockets are still to be closed, by their own threads. May be called twice.
   */
  shutdown(): void {
    Atomics.store(this.#arena.words, header.state, Running.no)
    new ThreadTable(this.#arena).alarm()
  }

  /** @internal */
  [show](depth: number, options: InspectOptions): string {
    return outline(this, #arena in this ? this.#facts : undefined, depth, options)
  }

  get #facts(): object {
    return { sockets: new ThreadTable(this.#arena).sockets(), isShutDown: this.isShutDown }
  }

  /** @internal This thread's part in the context; it takes part from the first call on. */
  [enter](): Membership {
    if (this.#membership !== undefined) return this.#membership
    const table = new ThreadTable(this.#arena)
    const slot = table.claim(threadId, isMainThread ? -1 : parentThreadId())
    if (slot < 0) throw new SocketError('EMFILE', { message: 'Too many threads in this context' })
    const thread = new Thread(this.#arena, slot, () => this.isShutDown)
    joinProcess(thread)
    const inproc = new Inproc(thread)
    thread.lastActs.push(() => inproc.end())
    this.#membership = { thread, inproc }
    return this.#membership
  }

  /** An option by its number, as `getInt32Option`. @see zmq_ctx_get(3) */
  getBoolOption(id: number): boolean {
    return Boolean(readContextOptionById(this, 'bool', id))
  }

  setBoolOption(id: number, value: boolean): void {
    writeContextOptionById(this, 'bool', id, value)
  }

  getInt32Option(id: number): number {
    return Number(readContextOptionById(this, 'int32', id))
  }

  setInt32Option(id: number, value: number): void {
    writeContextOptionById(this, 'int32', id, value)
  }

  [readContextWord](definition: ContextOptionDefinition): number {
    return Atomics.load(this.#arena.words, header.options + definition.word)
  }

  [writeContextWord](definition: ContextOptionDefinition, word: number): void {
    Atomics.store(this.#arena.words, header.options + definition.word, word)
  }
}

/** Contexts that other threads may use although nobody here holds them any more. */
const handedOn = new Set<Context>()

/** Set while `Context.from` constructs: the arena that is there already. */
let opening: Arena | undefined

export interface Context extends ContextOptions, ContextInformation {}

defineContextProperties(Context.prototype)
