import type { Arena } from './arena.ts'
import { bufferOver } from './frameBuffer.ts'
import {
  header,
  KIND_MASK,
  NO_OWNER,
  NO_THREAD,
  ownedByThread,
  PAGE_BYTES,
  PageKind,
  UNIT_BYTES,
  UNITS_PER_PAGE,
} from './layout.ts'
import { raise } from './raise.ts'
import { ThreadTable } from './threadTable.ts'

/** Blocks of 256 B, 512 B … 32 KiB share a page; larger ones are runs of whole pages. */
const SIZE_CLASSES = 8
const LARGEST_CLASS_BYTES = UNIT_BYTES << (SIZE_CLASSES - 1)
const SPAN_CLASS_SHIFT = 16
/** Own pages of a class to look through before taking a new one. */
const PAGES_TO_TRY = 8
/** So many pages in use may lie behind the hint: to write it at each turn takes longer than to go past them. */
const PAGES_TO_WALK = 8

const sizeClassOf = (bytes: number): number =>
  bytes <= UNIT_BYTES ? 0 : 32 - Math.clz32((bytes - 1) >>> 8)
const spanOf = (sizeClass: number, slot: number): number =>
  PageKind.span | (sizeClass << SPAN_CLASS_SHIFT) | slot
const kindOf = (page: number): number => page & KIND_MASK
const classOf = (page: number): number => (page >> SPAN_CLASS_SHIFT) & 0xff
const threadOf = (page: number): number => page & 0xffff

/** The pages of one size class that this thread allocates from. */
interface Spans {
  readonly pages: number[]
  /** The page that blocks are taken from; a search for another one goes on from there. */
  current: number
}

/**
 * Allocates blocks of the arena, without locks, for all threads of the context.
 *
 * Every block has a word in the owners table: 0, or who may free it. Taking a block is one
 * compare-and-exchange of that word from 0; giving it back is one from the owner to 0. So there
 * are no free lists that a terminated thread could leave broken, no ABA, and what a dead thread
 * owned is found by looking through the table. Which thread allocates from which page is only a
 * habit that avoids contention.
 *
 * A thread that finds no memory may wait for some: whatever becomes free is told to those who do. So a try
 * that fails has looked at all that it could have taken, and has held nothing that another one needs:
 * only what is free as a whole is claimed.
 *
 * A block is named by its first unit of 256 bytes ("ref"). 0 is never a block.
 */
export class Heap {
  readonly arena: Arena
  readonly #slot: number
  readonly #words: Int32Array
  readonly #map: number
  readonly #owners: number
  readonly #threads: ThreadTable
  readonly #spans: Spans[] = Array.from({ length: SIZE_CLASSES }, () => ({ pages: [], current: 0 }))

  /** @param slot the thread that allocates through this object; no other may */
  constructor(arena: Arena, slot: number) {
    this.arena = arena
    this.#slot = slot
    this.#words = arena.words
    this.#map = arena.tables.pageMap
    this.#owners = arena.tables.owners
    this.#threads = new ThreadTable(arena)
  }

  /** A block of at least `bytes` bytes with undefined content, or 0 when the arena is exhausted. */
  allocate(bytes: number, owner: number): number {
    if (bytes > LARGEST_CLASS_BYTES) return this.#allocateRun(bytes, owner)
    const sizeClass = sizeClassOf(bytes)
    return this.#allocateInSpans(sizeClass, owner)
  }

  /** Gives a block back. False when `owner` does not own it (any more). */
  free(ref: number, owner: number): boolean {
    const page = (ref / UNITS_PER_PAGE) | 0
    const state = Atomics.load(this.#words, this.#map + page)
    if (kindOf(state) === PageKind.span) {
      return this.#freeBlock(ref, owner)
    }
    return this.#freeRun(page, ref, owner)
  }

  #freeBlock(ref: number, owner: number): boolean {
    const at = this.#owners + ref
    if (Atomics.compareExchange(this.#words, at, owner, NO_OWNER) !== owner) return false
    this.#tellOfMemory()
    return true
  }

  /** Memory was given back: those who wait for some are to try again. */
  #tellOfMemory(): void {
    // Pairs with ThreadTable.awaitMemory(): the memory first, then this look.
    if (Atomics.load(this.#words, header.memoryAwaited) !== 0) this.#threads.rouseForMemory()
  }

  /** Hands a block over: from a thread to a pipe on sending, and back when it is borrowed. */
  transfer(ref: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, this.#owners + ref, from, to) === from
  }

  ownerOf(ref: number): number {
    return Atomics.load(this.#words, this.#owners + ref)
  }

  /** The bytes of a block of any length. */
  bytes(ref: number, length: number): Buffer {
    return bufferOver(this.arena.buffer, ref * UNIT_BYTES, length)
  }

  #allocateInSpans(sizeClass: number, owner: number): number {
    const spans = this.#spans[sizeClass]!
    const { pages } = spans
    for (let left = Math.min(pages.length, PAGES_TO_TRY); left > 0 && pages.length > 0; left--) {
      const ref = this.#takeBlock(pages[spans.current]!, sizeClass, owner)
      if (ref !== 0) return ref
      spans.current = (spans.current + 1) % Math.max(pages.length, 1)
    }
    const page = this.#adoptSpan(sizeClass) || this.#makeSpan(sizeClass)
    if (page === 0) return this.#takeLastBlock(sizeClass, owner)
    // Put in where the search has come to, so that in time it sees every page: with a few full ones
    // always first in its way it would never again find what is free in the others.
    pages.splice(spans.current, 0, page)
    return this.#takeBlock(page, sizeClass, owner) || this.#allocateInSpans(sizeClass, owner)
  }

  /** There is no page any more: what is free may lie in any of those that the thread has. */
  #takeLastBlock(sizeClass: number, owner: number): number {
    const { pages } = this.#spans[sizeClass]!
    // From the end, for those that are not the thread's any more are left out on the way.
    for (let i = pages.length - 1; i >= 0; i--) {
      const ref = this.#takeBlock(pages[i]!, sizeClass, owner)
      if (ref !== 0) return ref
    }
    return 0
  }

  #takeBlock(page: number, sizeClass: number, owner: number): number {
    const words = this.#words
    const span = spanOf(sizeClass, this.#slot)
    const end = (page + 1) * UNITS_PER_PAGE
    for (let ref = page * UNITS_PER_PAGE; ref < end; ref += 1 << sizeClass) {
      const at = this.#owners + ref
      if (words[at] !== NO_OWNER) continue
      if (Atomics.compareExchange(words, at, NO_OWNER, owner) !== NO_OWNER) continue
      if (Atomics.load(words, this.#map + page) === span) return ref
      // The page was given back in between: undo, and forget it.
      Atomics.compareExchange(words, at, owner, NO_OWNER)
      this.#tellOfMemory()
      break
    }
    if (Atomics.load(words, this.#map + page) !== span) this.#forget(page, sizeClass)
    return 0
  }

  #forget(page: number, sizeClass: number): void {
    const spans = this.#spans[sizeClass]!
    const index = spans.pages.indexOf(page)
    if (index >= 0) spans.pages.splice(index, 1)
    if (spans.current >= spans.pages.length) spans.current = 0
  }

  /** Takes over a page whose thread is gone. */
  #adoptSpan(sizeClass: number): number {
    const words = this.#words
    const orphan = spanOf(sizeClass, NO_THREAD)
    const high = Atomics.load(words, header.pagesHigh)
    for (let page = Atomics.load(words, header.firstPage); page < high; page++) {
      if (words[this.#map + page] !== orphan) continue
      const adopted = spanOf(sizeClass, this.#slot)
      if (Atomics.compareExchange(words, this.#map + page, orphan, adopted) === orphan) return page
    }
    return 0
  }

  #makeSpan(sizeClass: number): number {
    const page = this.#claimPages(1)
    if (page !== 0) Atomics.store(this.#words, this.#map + page, spanOf(sizeClass, this.#slot))
    return page
  }

  #allocateRun(bytes: number, owner: number, triesLeft = 2): number {
    if (triesLeft === 0) return 0
    const page = this.#claimPages(Math.ceil(bytes / PAGE_BYTES))
    if (page === 0) return 0
    const ref = page * UNITS_PER_PAGE
    if (Atomics.exchange(this.#words, this.#owners + ref, owner) === owner) {
      this.#setAside(page)
      // Once more: the other end of a pipe is one thread, and whoever waits is told of what it undoes.
      return this.#allocateRun(bytes, owner, triesLeft - 1)
    }
    Atomics.store(this.#words, this.#map + page, PageKind.run)
    return ref
  }

  /**
   * Gives up pages that were claimed, the first of which begins with a block of the same owner: another thread
   * has taken that when the page was given back already, and is about to undo it. It would take the owner from
   * the run as well. So the page is one of blocks again, until that is done; it is told then. If that thread
   * dies first, the block goes with its owner.
   */
  #setAside(page: number): void {
    this.#releaseContinued(page)
    Atomics.store(this.#words, this.#map + page, spanOf(SIZE_CLASSES - 1, NO_THREAD))
    this.#tellOfMemory()
  }

  #freeRun(page: number, ref: number, owner: number): boolean {
    const words = this.#words
    const at = this.#owners + ref
    // Own it first: the reaper finishes what a thread that dies below has begun.
    const self = ownedByThread(this.#slot)
    if (Atomics.compareExchange(words, at, owner, self) !== owner) return false
    Atomics.store(words, this.#map + page, PageKind.claimed | this.#slot)
    Atomics.compareExchange(words, at, self, NO_OWNER)
    this.#releasePages(page)
    return true
  }

  /** Claims `count` adjoining pages for this thread; 0 when there are none. */
  #claimPages(count: number): number {
    const claimed = this.#tryClaimPages(count)
    if (claimed !== 0) return claimed
    this.trim(undefined)
    return this.#tryClaimPages(count)
  }

  #tryClaimPages(count: number): number {
    const words = this.#words
    const first = words[header.firstPage]!
    const hint = Math.max(Atomics.load(words, header.pageHint), first)
    const high = Math.max(Atomics.load(words, header.pagesHigh), hint)
    // Low pages first: memory that was used before is resident, and what is free stays in one piece.
    return (
      this.#searchPages(hint, high, count) ||
      this.#searchPages(first, hint, count) ||
      this.#searchPages(hint, this.arena.maxPages, count)
    )
  }

  /** Looks for a run that begins at `from` or later and below `to`. */
  #searchPages(from: number, to: number, count: number): number {
    const words = this.#words
    const last = Math.min(to - 1, this.arena.maxPages - count)
    for (let page = from; page <= last; page++) {
      if (words[this.#map + page] !== PageKind.free) continue
      const obstacle = this.#claimRun(page, count)
      if (obstacle === 0) return page
      page = obstacle
    }
    return 0
  }

  /**
   * Claims pages upwards from `page`; 0 when it got them all, else the page that was in the way.
   * Upwards only, so that of two threads in each other's way the one further up succeeds.
   */
  #claimRun(page: number, count: number): number {
    const words = this.#words
    const claim = PageKind.claimed | this.#slot
    for (let i = 1; i < count; i++)
      if (words[this.#map + page + i] !== PageKind.free) return page + i
    if (!this.arena.ensure((page + count) * PAGE_BYTES)) return this.arena.maxPages
    // Before the claim: the reaper of a thread that ends in the middle looks no further.
    raise(words, header.pagesHigh, page + count)
    for (let i = 0; i < count; i++) {
      const value = i === 0 ? claim : PageKind.continued | page
      const at = this.#map + page + i
      if (Atomics.compareExchange(words, at, PageKind.free, value) === PageKind.free) continue
      if (i > 0) this.#releasePages(page)
      return page + i
    }
    if (count === 1 && page - words[header.pageHint]! >= PAGES_TO_WALK) {
      Atomics.store(words, header.pageHint, page + 1)
    }
    return 0
  }

  /**
   * Frees a run whose first page this thread has claimed: from its end down, so that what a thread
   * leaves that dies in the middle is still a run.
   */
  #releasePages(page: number): void {
    const words = this.#words
    this.#releaseContinued(page)
    Atomics.store(words, this.#map + page, PageKind.free)
    if (page < Atomics.load(words, header.pageHint)) Atomics.store(words, header.pageHint, page)
    this.#tellOfMemory()
  }

  #releaseContinued(page: number): void {
    const words = this.#words
    const continued = PageKind.continued | page
    let end = page + 1
    while (end < this.arena.maxPages && words[this.#map + end] === continued) end++
    for (let last = end - 1; last > page; last--) {
      Atomics.compareExchange(words, this.#map + last, continued, PageKind.free)
    }
  }

  /**
   * Gives back pages without a block in use.
   *
   * @param ofThread only the pages of this thread; by default all
   */
  trim(ofThread: number | undefined): void {
    const words = this.#words
    const high = Atomics.load(words, header.pagesHigh)
    for (let page = words[header.firstPage]!; page < high; page++) {
      const state = Atomics.load(words, this.#map + page)
      if (kindOf(state) !== PageKind.span) continue
      if (ofThread === undefined || threadOf(state) === ofThread) this.#dissolveSpan(page, state)
    }
  }

  /** Takes every block of a span; with all of them in hand nobody else is in it. */
  #dissolveSpan(page: number, state: number): void {
    const words = this.#words
    const self = ownedByThread(this.#slot)
    const step = 1 << classOf(state)
    const begin = page * UNITS_PER_PAGE
    const end = begin + UNITS_PER_PAGE
    for (let ref = begin; ref < end; ref += step) if (words[this.#owners + ref] !== NO_OWNER) return
    let taken = begin
    while (taken < end) {
      const at = this.#owners + taken
      if (Atomics.compareExchange(words, at, NO_OWNER, self) !== NO_OWNER) break
      taken += step
    }
    const claim = PageKind.claimed | this.#slot
    const dissolved =
      taken === end && Atomics.compareExchange(words, this.#map + page, state, claim) === state
    for (let ref = begin; ref < taken; ref += step) {
      Atomics.compareExchange(words, this.#owners + ref, self, NO_OWNER)
    }
    if (dissolved) this.#releasePages(page)
    // Whoever found none meanwhile is to look again.
    else if (taken > begin) this.#tellOfMemory()
  }

  /**
   * Frees all that a dead thread owned or was in the middle of claiming, and all that belongs to
   * the pipes in `pipes`. Only the one reaper of that thread may call, after it has closed the
   * thread's pipe ends; it may be repeated from the start.
   */
  reap(deadSlot: number, owners: ReadonlySet<number>): void {
    const words = this.#words
    const high = Atomics.load(words, header.pagesHigh)
    for (let page = words[header.firstPage]!; page < high; page++) {
      const state = Atomics.load(words, this.#map + page)
      if (state === (PageKind.claimed | deadSlot)) this.#reapClaimed(page)
      else this.#freeOwned(page, state, owners)
      if (kindOf(state) !== PageKind.span || threadOf(state) !== deadSlot) continue
      const orphan = spanOf(classOf(state), NO_THREAD)
      Atomics.compareExchange(words, this.#map + page, state, orphan)
      this.#dissolveSpan(page, orphan)
    }
  }

  /** Frees every block with one of these owners. */
  freeOwnedBy(owners: ReadonlySet<number>): void {
    const words = this.#words
    const high = Atomics.load(words, header.pagesHigh)
    for (let page = words[header.firstPage]!; page < high; page++) {
      this.#freeOwned(page, Atomics.load(words, this.#map + page), owners)
    }
  }

  #freeOwned(page: number, state: number, owners: ReadonlySet<number>): void {
    const words = this.#words
    const begin = page * UNITS_PER_PAGE
    if (kindOf(state) === PageKind.run) {
      const owner = Atomics.load(words, this.#owners + begin)
      if (owners.has(owner)) this.#freeRun(page, begin, owner)
    } else if (kindOf(state) === PageKind.span) {
      const step = 1 << classOf(state)
      for (let ref = begin; ref < begin + UNITS_PER_PAGE; ref += step) {
        const owner = words[this.#owners + ref]!
        if (owner !== NO_OWNER && owners.has(owner)) this.#freeBlock(ref, owner)
      }
    }
  }

  #reapClaimed(page: number): void {
    const words = this.#words
    // Blocks of a page that it was dissolving, or the owner of a run that it was making.
    for (let ref = page * UNITS_PER_PAGE; ref < (page + 1) * UNITS_PER_PAGE; ref++) {
      Atomics.store(words, this.#owners + ref, NO_OWNER)
    }
    Atomics.store(words, this.#map + page, PageKind.claimed | this.#slot)
    this.#releasePages(page)
  }

  /** Bytes of all blocks in use, by any thread. Looks through the whole map. */
  usedBytes(): number {
    const words = this.#words
    const high = Atomics.load(words, header.pagesHigh)
    let used = 0
    for (let page = words[header.firstPage]!; page < high; page++) {
      const state = Atomics.load(words, this.#map + page)
      const kind = kindOf(state)
      if (kind === PageKind.run || kind === PageKind.continued) used += PAGE_BYTES
      if (kind === PageKind.span) used += this.#usedInSpan(page, 1 << classOf(state))
    }
    return used
  }

  #usedInSpan(page: number, step: number): number {
    let used = 0
    const begin = this.#owners + page * UNITS_PER_PAGE
    for (let at = begin; at < begin + UNITS_PER_PAGE; at += step) {
      if (this.#words[at] !== NO_OWNER) used += step * UNIT_BYTES
    }
    return used
  }
}
