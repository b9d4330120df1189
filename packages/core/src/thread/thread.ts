import type { Arena } from '../memory/arena.ts'
import { Heap } from '../memory/heap.ts'
import { header, ownedByThread, PipeState, side, thread, Wake } from '../memory/layout.ts'
import { otherSide, PipeTable, sideAt, type Side } from '../memory/pipeTable.ts'
import { ThreadTable } from '../memory/threadTable.ts'
import { Slab } from '../ring/slab.ts'
import { BlockLender } from './blockLender.ts'
import { KeepAlive } from './keepAlive.ts'
import { Spin } from './spin.ts'
import { Turn } from './turn.ts'

/** Why a pipe's end wants the attention of its thread; bits of one word. */
export const Reason = {
  /** The other side has been attached. */
  attached: 1,
  /** There is something to read, and the reader had parked. */
  readable: 2,
  /** There is room to write, and the writer had parked. */
  writable: 4,
  /** The other side has closed. */
  closed: 8,
  all: 15,
} as const

/** One end of a pipe, in the thread that owns it. */
export interface PipeEnd {
  signalled(reasons: number): void
  /** The thread ends, and the end is still there. */
  abandon(): void
}

/** A socket of this thread, as seen by a pipe that is to be attached to it. */
export interface Acceptor {
  accept(pipeId: number): void
  /** The context was shut down: nothing waits any more. */
  shutDown(): void
  /** The thread ends. */
  terminate(): void
}

/** Which end of which pipe: the key of the table of ends, and one list link in shared memory. */
const endOf = (pipeId: number, which: Side): number => pipeId * 2 + which

/**
 * A thread of a context: its slot, its heap, its pipe ends and sockets, and its sleep.
 *
 * Others put pipe ends on this thread's list of commands and wake it only if it sleeps; the thread
 * takes the list whole, in `poll`, which every call of a socket begins with.
 */
export class Thread {
  readonly arena: Arena
  readonly slot: number
  readonly heap: Heap
  readonly slab = new Slab()
  readonly turn = new Turn()
  readonly pipes: PipeTable
  readonly table: ThreadTable
  readonly keepAlive = new KeepAlive()
  readonly owner: number
  /** Lends the blocks that this thread owns. */
  readonly blocks: BlockLender
  readonly sockets = new Map<number, Acceptor>()
  /** What is to be done when the thread ends, after its sockets are closed. */
  onEnd: () => void = () => undefined
  readonly #words: Int32Array
  readonly #at: number
  readonly #ends = new Map<number, PipeEnd>()
  #isArmed = false
  #isArming = false
  #isEnded = false
  readonly #isShutDown: () => boolean

  constructor(arena: Arena, slot: number, isShutDown: () => boolean) {
    this.arena = arena
    this.slot = slot
    this.heap = new Heap(arena, slot)
    this.pipes = new PipeTable(arena)
    this.table = new ThreadTable(arena)
    this.owner = ownedByThread(slot)
    this.blocks = new BlockLender(this.heap, this.owner)
    this.#words = arena.words
    this.#at = this.table.at(slot)
    this.#isShutDown = isShutDown
  }

  /** A socket joins this thread; its number is unique in the context. */
  register(socket: Acceptor): number {
    const id = Atomics.add(this.#words, header.nextSocketId, 1)
    this.sockets.set(id, socket)
    return id
  }

  unregister(id: number): void {
    if (this.sockets.delete(id)) this.table.addSockets(this.slot, -1)
  }

  add(pipeId: number, which: Side, end: PipeEnd): void {
    this.#ends.set(endOf(pipeId, which), end)
  }

  remove(pipeId: number, which: Side): void {
    this.#ends.delete(endOf(pipeId, which))
  }

  /** Puts the other side of a pipe on its thread's list, and wakes that thread if it sleeps. */
  signal(pipeId: number, to: Side, reason: number): void {
    const words = this.#words
    const at = sideAt(this.arena, pipeId, to)
    const slot = this.pipes.threadOf(pipeId, to)
    if (slot < 0) return
    // On the list already, or about to be put there by who set the first reason.
    if (Atomics.or(words, at + side.reasons, reason) !== 0) return
    const head = this.table.at(slot) + thread.commands
    const end = endOf(pipeId, to) + 1
    let next = Atomics.load(words, head)
    for (;;) {
      Atomics.store(words, at + side.next, next)
      const before = Atomics.compareExchange(words, head, next, end)
      if (before === next) break
      next = before
    }
    if (slot === this.slot) this.#pollSoon()
    else this.table.wake(slot)
  }

  /** Does what other threads have asked for since the last call. */
  poll(): void {
    if (Atomics.load(this.#words, this.#at + thread.commands) !== 0) this.#runCommands()
    if (Atomics.load(this.#words, this.#at + thread.rescan) !== 0) this.#rescan()
  }

  get #hasCommands(): boolean {
    const words = this.#words
    return (
      Atomics.load(words, this.#at + thread.commands) !== 0 ||
      Atomics.load(words, this.#at + thread.rescan) !== 0
    )
  }

  /**
   * Blocks the thread until a call is worth trying again, or until the time is over.
   *
   * @param timeoutMs Infinity to wait for ever
   * @param isReady looks whether it is worth it now
   * @param park asks to be woken when it is; false when it is now
   */
  wait(timeoutMs: number, isReady: () => boolean, park: () => boolean): void {
    if (!this.#spin.until(() => this.#hasCommands || isReady()) && park()) this.#sleep(timeoutMs)
    this.poll()
  }

  readonly #spin = new Spin()

  /** Blocks the thread until somebody wants its attention; what it waits for is parked. */
  #sleep(timeoutMs: number): void {
    const words = this.#words
    const wake = this.#at + thread.wake
    Atomics.store(words, wake, Wake.asleep)
    // Pairs with signal(): it changes the list first and looks at the wake word then.
    if (!this.#hasCommands) Atomics.wait(words, wake, Wake.asleep, timeoutMs)
    // An asynchronous wait goes on, and is woken only while the word says "asleep".
    if (!this.#isArmed) Atomics.store(words, wake, Wake.awake)
  }

  /** Lets the event loop be woken by other threads, for as long as this thread lives. */
  arm(): void {
    if (this.#isArmed || this.#isArming) return
    this.#isArming = true
    queueMicrotask(this.#armNow)
  }

  readonly #armNow = (): void => {
    this.#isArming = false
    if (this.#isArmed || this.#isEnded) return
    const words = this.#words
    const wake = this.#at + thread.wake
    Atomics.store(words, wake, Wake.asleep)
    if (this.#hasCommands) {
      Atomics.store(words, wake, Wake.awake)
      this.poll()
      this.arm()
      return
    }
    const waiting = Atomics.waitAsync(words, wake, Wake.asleep)
    if (!waiting.async) {
      this.#woken()
      return
    }
    this.#isArmed = true
    // Never rejects; what a socket's own callbacks throw is theirs to report.
    void waiting.value.then(this.#woken)
  }

  readonly #woken = (): void => {
    this.#isArmed = false
    if (this.#isEnded) return
    Atomics.store(this.#words, this.#at + thread.wake, Wake.awake)
    this.poll()
    this.arm()
  }

  /** A command for a pipe of this very thread: nobody else will wake us. */
  #pollSoon(): void {
    if (this.#isPolling) return
    this.#isPolling = true
    queueMicrotask(this.#pollNow)
  }

  #isPolling = false
  readonly #pollNow = (): void => {
    this.#isPolling = false
    if (!this.#isEnded) this.poll()
  }

  #runCommands(): void {
    const words = this.#words
    const ends: number[] = []
    let end = Atomics.exchange(words, this.#at + thread.commands, 0)
    while (end !== 0) {
      ends.push(end - 1)
      // Read before the reasons are cleared: from then on another thread may link it again.
      end = Atomics.load(words, this.#linkOf(end - 1) + side.next)
    }
    // The list is in the reverse of the order in which its members came.
    for (let i = ends.length - 1; i >= 0; i--) this.#runCommand(ends[i]!)
  }

  #linkOf(end: number): number {
    return sideAt(this.arena, end >> 1, (end & 1) as Side)
  }

  #runCommand(end: number): void {
    const reasons = Atomics.exchange(this.#words, this.#linkOf(end) + side.reasons, 0)
    this.#deliver(end, reasons)
  }

  #deliver(end: number, reasons: number): void {
    const known = this.#ends.get(end)
    if (known !== undefined) known.signalled(reasons)
    else if ((end & 1) === 1 && (reasons & Reason.attached) !== 0) this.#accept(end >> 1)
  }

  /** A pipe from another thread for a socket that was bound here. */
  #accept(pipeId: number): void {
    if (this.pipes.threadOf(pipeId, 1) !== this.slot) return
    const acceptor = this.sockets.get(this.pipes.socketOf(pipeId, 1))
    if (acceptor !== undefined) acceptor.accept(pipeId)
    else this.closeSide(pipeId, 1, false)
  }

  /** Closes one side; whoever closes last frees the pipe, the other is told. */
  closeSide(pipeId: number, which: Side, unclean: boolean): boolean {
    if (this.pipes.close(pipeId, which, unclean)) return true
    this.signal(pipeId, otherSide(which), Reason.closed)
    return false
  }

  #rescan(): void {
    Atomics.store(this.#words, this.#at + thread.rescan, 0)
    if (this.#isShutDown()) for (const socket of [...this.sockets.values()]) socket.shutDown()
    for (const [end, known] of [...this.#ends]) {
      if (this.#isPeerClosed(end)) Atomics.store(this.#words, this.#linkOf(end) + side.reasons, 0)
      if (this.#ends.get(end) === known) known.signalled(Reason.all)
    }
    this.#acceptLost()
  }

  /**
   * Nobody will signal this end again, so that a reason which a dying thread set without linking
   * the end may be cleared; with a live peer that would allow the end to be linked twice.
   */
  #isPeerClosed(end: number): boolean {
    const other = otherSide((end & 1) as Side)
    return (this.pipes.stateOf(end >> 1) & PipeState.closed[other]) !== 0
  }

  /** Pipes that were attached to sockets of this thread by one that died before it said so. */
  #acceptLost(): void {
    const high = this.pipes.high
    for (let id = 0; id < high; id++) {
      const state = this.pipes.stateOf(id)
      if ((state & PipeState.attached) === 0 || (state & PipeState.closed[1]) !== 0) continue
      if (this.pipes.threadOf(id, 1) !== this.slot || this.#ends.has(endOf(id, 1))) continue
      this.#accept(id)
    }
  }

  /** Closes every socket and leaves the context. */
  end(): void {
    if (this.#isEnded) return
    for (const socket of [...this.sockets.values()]) socket.terminate()
    this.onEnd()
    for (const end of [...this.#ends.values()]) end.abandon()
    this.#isEnded = true
    this.keepAlive.end()
    this.poll()
    this.heap.freeOwnedBy(new Set([this.owner]))
    this.heap.trim(this.slot)
    this.table.release(this.slot)
  }
}
