import type { Arena } from '../memory/arena.ts'
import { Heap } from '../memory/heap.ts'
import { header, ownedByThread, PipeState, side, thread, Wake } from '../memory/layout.ts'
import { MailboxTable } from '../memory/mailboxTable.ts'
import { otherSide, PipeTable, sideAt, type Side } from '../memory/pipeTable.ts'
import { ThreadTable } from '../memory/threadTable.ts'
import { Slab } from '../ring/slab.ts'
import { BlockLender } from './blockLender.ts'
import { endOf, EndTable } from './endTable.ts'
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

const LONGEST_ASYNC_SPIN_US = 30

/** So many that wait are looked at again and again before the thread sleeps; others park at once. */
const WATCHED_LOOKERS = 4

/**
 * What is to be done soon is done after it: `queueMicrotask` makes an asynchronous resource of each
 * callback, which takes a microsecond.
 */
const settled = Promise.resolve()

/** One end of a pipe, in the thread that owns it. */
export interface PipeEnd {
  signalled(reasons: number): void
  /** The thread ends, and the end is still there. */
  abandon(): void
}

/** Who waits in a thread's event loop for what other threads may do. */
export interface Looker {
  /** Whether a look is worth it now. */
  isReady(): boolean
  /** Asks to be told when it is; false when it is now. */
  park(): boolean
  /** Tries again, and waits again where that is not enough. */
  look(): void
}

/** A socket of this thread, as seen by a pipe that is to be attached to it. */
export interface Acceptor {
  accept(pipeId: number): void
  /** The context was shut down: nothing waits any more. */
  shutDown(): void
  /** The thread ends. */
  terminate(): void
}

/**
 * A thread of a context: its slot, its heap, its pipe ends and sockets, and its sleep.
 *
 * Others post pipe ends to this thread's mailbox and wake it only if it sleeps; the thread empties
 * it in `poll`, which every call of a socket begins with.
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
  /** What is to be done when the thread ends, after its sockets are closed, in this order. */
  readonly lastActs: (() => void)[] = []
  /** What is to be done each time before the thread blocks. */
  beforeSleep: () => void = () => undefined
  readonly #mailboxes: MailboxTable
  readonly #words: Int32Array
  readonly #at: number
  readonly #ends = new EndTable()
  /**
   * Ends that this thread itself has signalled, with their reasons, in the order in which they first were.
   * The mailbox would do, and takes ten times as long: each of its steps is atomic.
   */
  readonly #local = new Map<number, number>()
  /** Pipes whose memory is to be found and given back at the end of the next poll. */
  readonly #unclean: number[] = []
  /** Those that wait and are not parked; none while the thread sleeps. */
  #lookers: Looker[] = []
  /** An empty list, to be used next. */
  #noLookers: Looker[] = []
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
    this.#mailboxes = new MailboxTable(arena)
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
    this.#local.delete(endOf(pipeId, which))
  }

  /**
   * Tells the thread of a pipe's other side, and wakes it if it sleeps. The pipe may have been freed
   * and made anew in between: then somebody looks at an end for nothing.
   */
  signal(pipeId: number, to: Side, reason: number): void {
    const slot = this.pipes.threadOf(pipeId, to)
    if (slot < 0) return
    if (slot === this.slot) {
      this.#tellSelf(pipeId, to, reason)
      return
    }
    this.#post(slot, pipeId, to, reason)
    this.table.wake(slot)
  }

  /** An end that is not there yet is to be accepted, as one that another thread has attached. */
  #tellSelf(pipeId: number, to: Side, reason: number): void {
    const end = endOf(pipeId, to)
    if (this.#ends.get(end) === undefined) this.#post(this.slot, pipeId, to, reason)
    else this.#local.set(end, (this.#local.get(end) ?? 0) | reason)
    this.#pollSoon()
  }

  /**
   * An end of this thread has more to read. That is seen to with the next call of a socket; if there
   * is none, after timers and I/O have had their turn.
   */
  lookAgain(pipeId: number, which: Side): void {
    this.#post(this.slot, pipeId, which, Reason.readable)
    // What was read until now has taken its time.
    this.turn.hurry()
    if (this.#isLookingAgain) return
    this.#isLookingAgain = true
    setImmediate(this.#lookNow)
  }

  #isLookingAgain = false
  readonly #lookNow = (): void => {
    this.#isLookingAgain = false
    if (!this.#isEnded) this.poll()
  }

  #post(slot: number, pipeId: number, to: Side, reason: number): void {
    const words = this.#words
    const at = sideAt(this.arena, pipeId, to)
    if (Atomics.or(words, at + side.reasons, reason) === 0) {
      Atomics.store(words, at + side.turn, this.#mailboxes.nextTurn(slot))
    }
    this.#mailboxes.post(slot, endOf(pipeId, to))
  }

  /** Does what other threads have asked for since the last call. */
  poll(): void {
    const words = this.#words
    const at = this.#at
    // Plain reads, for every call of a socket begins with them, and an atomic one is a call in V8.
    // They may be taken early, and miss what a thread has posted that saw this one asleep: #sleep and
    // #armNow look atomically after they have said "asleep", and #woken always leads to #armNow.
    const isWanted = words[at + thread.commands] !== 0 || words[at + thread.rescan] !== 0
    if (this.#local.size > 0) this.#deliverLocal()
    if (isWanted || this.#unclean.length > 0) this.#attend()
  }

  #deliverLocal(): void {
    // What they signal in turn is for the next time. Where one fails, the others stay for that, too.
    let left = this.#local.size
    for (const [end, reasons] of this.#local) {
      this.#local.delete(end)
      this.#ends.get(end)?.signalled(reasons)
      if (--left === 0) return
    }
  }

  #attend(): void {
    if (!this.#mailboxes.isEmpty(this.slot)) this.#runCommands()
    if (Atomics.load(this.#words, this.#at + thread.rescan) !== 0) this.#rescan()
    if (this.#unclean.length > 0) this.#freeAllUnclean()
  }

  #hasCommands(): boolean {
    return (
      this.#local.size > 0 ||
      !this.#mailboxes.isEmpty(this.slot) ||
      Atomics.load(this.#words, this.#at + thread.rescan) !== 0
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
    if (!this.#spin.until(() => this.#hasCommands() || isReady()) && park()) this.#sleep(timeoutMs)
    this.poll()
  }

  readonly #spin = new Spin()
  /** Shorter, for it keeps timers and I/O waiting. */
  readonly #asyncSpin = new Spin(LONGEST_ASYNC_SPIN_US)
  readonly #isWanted = (): boolean => this.#hasCommands() || this.#isLookerReady()

  /** Blocks the thread until somebody wants its attention; what it waits for is parked. */
  #sleep(timeoutMs: number): void {
    const words = this.#words
    const wake = this.#at + thread.wake
    this.beforeSleep()
    Atomics.store(words, wake, Wake.asleep)
    // Pairs with signal(): it posts first and looks at the wake word then.
    if (!this.#hasCommands()) Atomics.wait(words, wake, Wake.asleep, timeoutMs)
    // An asynchronous wait goes on, and is woken only while the word says "asleep".
    if (!this.#isArmed) Atomics.store(words, wake, Wake.awake)
  }

  /**
   * Asks to be woken when memory is given back, to have all of its pipes' ends look whether they can go
   * on. Whoever found none tries once more after this call.
   */
  awaitMemory(): void {
    this.table.awaitMemory(this.slot)
    this.arm()
  }

  /**
   * Has somebody look again as soon as it is worth it. It is parked only before the thread sleeps: who
   * does what is waited for while this thread still looks has nobody to tell, and pays for no signal.
   *
   * @returns false: it is worth it now, and it will not be looked at
   */
  lookAfter(looker: Looker): boolean {
    const lookers = this.#lookers
    if (lookers.includes(looker)) return true
    if (this.#isArmed || lookers.length >= WATCHED_LOOKERS) return looker.park()
    lookers.push(looker)
    this.arm()
    return true
  }

  #isLookerReady(): boolean {
    for (const looker of this.#lookers) if (looker.isReady()) return true
    return false
  }

  /** Parks those that wait. False when it is worth it for one of them to look now. */
  #parkLookers(): boolean {
    const lookers = this.#lookers
    while (lookers.length > 0) {
      if (!lookers.at(-1)!.park()) return false
      lookers.pop()
    }
    return true
  }

  /** Has those look that are not parked; they may wait again meanwhile. */
  #lookAll(): void {
    const lookers = this.#lookers
    if (lookers.length === 0) return
    this.#lookers = this.#noLookers
    this.#noLookers = lookers
    let looked = 0
    try {
      for (const looker of lookers) {
        looked++
        looker.look()
      }
    } finally {
      // One may have failed, out of memory: the others are still to look.
      for (; looked < lookers.length; looked++) this.#lookers.push(lookers[looked]!)
      lookers.length = 0
    }
  }

  /** Lets the event loop be woken by other threads, for as long as this thread lives. */
  arm(): void {
    if (this.#isArmed || this.#isArming) return
    this.#isArming = true
    void settled.then(this.#armSoon)
  }

  /** After all microtasks: what was received may be answered there, and another answer awaited. */
  readonly #armSoon = (): void => process.nextTick(this.#armNow)

  readonly #armNow = (): void => {
    this.#isArming = false
    if (this.#isArmed || this.#isEnded) return
    // Who looks again lets the event loop turn first.
    if (this.#isLookingAgain || this.turn.isOver()) {
      this.#isArming = true
      setImmediate(this.#armNow)
      return
    }
    const words = this.#words
    const wake = this.#at + thread.wake
    if (this.keepAlive.isHeld) this.#asyncSpin.until(this.#isWanted)
    if (!this.#hasCommands() && this.#parkLookers()) Atomics.store(words, wake, Wake.asleep)
    if (this.#hasCommands() || this.#lookers.length > 0) {
      this.#woken()
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
    // Whoever waits takes a message in there, and goes on with the next.
    this.turn.begin()
    try {
      this.poll()
      this.#lookAll()
    } finally {
      this.arm()
    }
  }

  /** A command for a pipe of this very thread: nobody else will wake us. */
  #pollSoon(): void {
    if (this.#isPolling) return
    this.#isPolling = true
    // What a socket's own callbacks throw is theirs to report, as in #armNow.
    void settled.then(this.#pollNow)
  }

  #isPolling = false
  readonly #pollNow = (): void => {
    this.#isPolling = false
    if (!this.#isEnded) this.poll()
  }

  #runCommands(): void {
    const ends: number[] = []
    this.#mailboxes.collect(this.slot, ends)
    this.#deliverAll(ends)
  }

  /** In the order in which they first wanted attention. */
  #deliverAll(ends: number[]): void {
    const turnOf = (end: number): number => this.#words[this.#sideOf(end) + side.turn]!
    if (ends.length > 1) ends.sort((a, b) => (turnOf(a) - turnOf(b)) | 0)
    let delivered = 0
    try {
      for (const end of ends) {
        delivered++
        const known = this.#ends.get(end)
        // Only of ends that are this thread's: the pipe may be another one by now.
        if (known !== undefined) known.signalled(this.#takeReasons(end))
        else if (this.#isUnaccepted(end)) this.#accept(end >> 1)
      }
    } finally {
      // A socket may have failed, out of memory: the others must not miss their news.
      for (const end of ends.slice(delivered)) this.#mailboxes.post(this.slot, end)
    }
  }

  #takeReasons(end: number): number {
    return Atomics.exchange(this.#words, this.#sideOf(end) + side.reasons, 0)
  }

  #sideOf(end: number): number {
    return sideAt(this.arena, end >> 1, (end & 1) as Side)
  }

  /** Whether another thread has attached this end to a socket that was bound here. */
  #isUnaccepted(end: number): boolean {
    if ((end & 1) === 0 || this.#ends.get(end) !== undefined) return false
    const state = this.pipes.stateOf(end >> 1)
    const isThere = (state & (PipeState.attached | PipeState.closed[1])) === PipeState.attached
    return isThere && this.pipes.threadOf(end >> 1, 1) === this.slot
  }

  /** A pipe from another thread for a socket that was bound here. */
  #accept(pipeId: number): void {
    this.#takeReasons(endOf(pipeId, 1))
    const acceptor = this.sockets.get(this.pipes.socketOf(pipeId, 1))
    if (acceptor !== undefined) acceptor.accept(pipeId)
    else this.#refuse(pipeId)
  }

  /** Closes the side of a socket that is gone. */
  #refuse(pipeId: number): void {
    if (!this.closeSide(pipeId, 1, true)) return
    this.heap.freeOwnedBy(new Set([this.pipes.ownerOf(pipeId)]))
    this.pipes.release(pipeId)
  }

  /** Closes one side; whoever closes last frees the pipe, the other is told. */
  closeSide(pipeId: number, which: Side, unclean: boolean): boolean {
    if (this.pipes.close(pipeId, which, unclean)) return true
    this.signal(pipeId, otherSide(which), Reason.closed)
    return false
  }

  #rescan(): void {
    Atomics.store(this.#words, this.#at + thread.rescan, 0)
    if (this.#isShutDown()) for (const socket of this.sockets.values()) socket.shutDown()
    try {
      for (const [end, known] of this.#ends.entries()) {
        if (this.#ends.get(end) === known) known.signalled(Reason.all)
      }
      this.#acceptLost()
    } catch (error) {
      // Out of memory, with a socket that wanted to send: the others are still to be looked at.
      Atomics.store(this.#words, this.#at + thread.rescan, 1)
      throw error
    }
  }

  /**
   * Gives back the memory of a pipe that a thread has died with, together with that of others:
   * each time all of the memory has to be looked through.
   */
  freeUnclean(pipeId: number): void {
    this.#unclean.push(pipeId)
    this.#pollSoon()
  }

  #freeAllUnclean(): void {
    const ids = this.#unclean.splice(0)
    this.heap.freeOwnedBy(new Set(ids.map((id) => this.pipes.ownerOf(id))))
    for (const id of ids) this.pipes.release(id)
  }

  /** Pipes that were attached to sockets of this thread by one that died before it said so. */
  #acceptLost(): void {
    const high = this.pipes.high
    const lost: number[] = []
    for (let id = 0; id < high; id++) {
      if (this.#isUnaccepted(endOf(id, 1))) lost.push(endOf(id, 1))
    }
    this.#deliverAll(lost)
  }

  /** Closes every socket and leaves the context. */
  end(): void {
    if (this.#isEnded) return
    for (const socket of this.sockets.values()) socket.terminate()
    for (const act of this.lastActs) act()
    for (const [, end] of this.#ends.entries()) end.abandon()
    this.#isEnded = true
    this.#lookers.length = 0
    this.keepAlive.end()
    this.poll()
    this.#refuseLast()
    if (this.#unclean.length > 0) this.#freeAllUnclean()
    this.heap.freeOwnedBy(new Set([this.owner]))
    this.heap.trim(this.slot)
    // Threads that this one has started are stopped after it, and cleaned up with its slot.
    const threadId = this.table.threadIdOf(this.slot)
    if (!this.table.hasChildren(threadId)) this.table.release(this.slot)
  }

  /**
   * Closes what other threads are attaching right now to sockets that were bound here: nobody will
   * be there to accept it. Who has found the name before it was removed has set its side before it
   * made sure that the name is there, so that one of the two sees the other.
   */
  #refuseLast(): void {
    const high = this.pipes.high
    const isComing = PipeState.attached | PipeState.attaching
    for (let id = 0; id < high; id++) {
      const state = this.pipes.stateOf(id)
      if ((state & isComing) === 0 || (state & PipeState.closed[1]) !== 0) continue
      if (this.pipes.threadOf(id, 1) !== this.slot) continue
      this.#refuse(id)
    }
  }
}
