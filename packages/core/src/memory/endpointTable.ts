import type { Arena } from './arena.ts'
import { endpoint, EndpointKind, home, MAX_ENDPOINTS, MAX_NAME_BYTES } from './layout.ts'

const KIND_BITS = 0xf
const THREAD_SHIFT = 4
const THREAD_BITS = 0xfff0
const GENERATION = 0x10000
const MAX_ROUTING_ID_BYTES = 255
const NOTHING = new Uint8Array(0)

/** What an entry says of its socket. */
export interface EndpointEntry {
  readonly socketId: number
  /** -1 in an entry of a bound socket. */
  readonly pipe: number
  readonly generation: number
  readonly socketType: number
  readonly sendHighWaterMark: number
  readonly receiveHighWaterMark: number
  readonly routingId: Uint8Array
}

/** A place in the table and the state it was seen in: what a compare-and-exchange needs. */
export interface EndpointPlace {
  readonly index: number
  readonly state: number
}

/**
 * Names that are bound, and connections that wait for a name to be bound.
 *
 * Binding and connecting both write their own entry first and look for the other's then, so that
 * of two that happen at once at least one sees the other; who attaches the pipe is settled by one
 * compare-and-exchange of the waiting entry. Any thread may call.
 *
 * An entry lies at its name's home or, where that is taken, at the next free place behind it. How far
 * to look for it, the word of that home says, which counts its entries as well: an insertion counts
 * its entry and the way to it before it claims the place, a removal takes the entry from the count
 * after the place is free. So the word is never too small for what a look-up may find, and the last
 * removal, which finds that there are no others in the same step, makes the way short again. A thread
 * that dies between the two steps leaves the count too high, and the way as long as it was.
 */
export class EndpointTable {
  readonly #arena: Arena
  readonly #words: Int32Array
  readonly #slot: number

  /** @param slot the calling thread's */
  constructor(arena: Arena, slot: number) {
    this.#arena = arena
    this.#words = arena.words
    this.#slot = slot
  }

  /** Writes an entry of a kind that others can see; undefined when the table is full. */
  insert(name: Uint8Array, entry: EndpointEntry, kind: number): EndpointPlace | undefined {
    const words = this.#words
    const hash = hashOf(name)
    let isCounted = false
    for (let probe = 0; probe < MAX_ENDPOINTS; probe++) {
      const index = this.#indexOf(hash, probe)
      const at = this.#at(index)
      const state = Atomics.load(words, at)
      if (kindOf(state) !== EndpointKind.free) continue
      // Before the entry is there: a look-up that misses it began before it was written.
      this.#expect(hash, probe + 1, isCounted ? 0 : home.countOne)
      isCounted = true
      const claimed = this.#stateOf(state, EndpointKind.claimed)
      if (Atomics.compareExchange(words, at, state, claimed) !== state) continue
      this.#write(index, hash, name, entry)
      const shown = this.#stateOf(claimed, kind)
      Atomics.store(words, at, shown)
      return { index, state: shown }
    }
    if (isCounted) this.#forget(hash)
    return undefined
  }

  /** All entries of this name and kind. */
  find(name: Uint8Array, kind: number): EndpointPlace[] {
    const words = this.#words
    const hash = hashOf(name)
    const probes = Atomics.load(words, this.#homeOf(hash)) & home.probeBits
    const found: EndpointPlace[] = []
    for (let probe = 0; probe < probes; probe++) {
      const index = this.#indexOf(hash, probe)
      const at = this.#at(index)
      const state = Atomics.load(words, at)
      if (kindOf(state) !== kind || words[at + endpoint.hash] !== hash) continue
      // What was read is of this entry only if it is still there, whoever owns it by now.
      const place = this.#isNamed(index, name) ? this.refresh({ index, state }) : undefined
      if (place !== undefined) found.push(place)
    }
    return found
  }

  /** The content of an entry; undefined when it has changed since it was found. */
  read(place: EndpointPlace): EndpointEntry | undefined {
    const words = this.#words
    const at = this.#at(place.index)
    const routingIdBytes = Math.min(
      words[at + endpoint.routingIdBytes]! >>> 0,
      MAX_ROUTING_ID_BYTES,
    )
    const entry = {
      socketId: words[at + endpoint.socketId]!,
      pipe: words[at + endpoint.pipe]!,
      generation: words[at + endpoint.generation]!,
      socketType: words[at + endpoint.socketType]!,
      sendHighWaterMark: words[at + endpoint.sendHighWaterMark]!,
      receiveHighWaterMark: words[at + endpoint.receiveHighWaterMark]!,
      routingId:
        routingIdBytes === 0 ? NOTHING : this.#bytes(at + endpoint.routingId, routingIdBytes),
    }
    return this.refresh(place) === undefined ? undefined : entry
  }

  isUnchanged(place: EndpointPlace): boolean {
    return Atomics.load(this.#words, this.#at(place.index)) === place.state
  }

  /** Changes the kind of an entry; undefined when another thread was first. */
  change(place: EndpointPlace, kind: number): EndpointPlace | undefined {
    const state = this.#stateOf(place.state, kind)
    const at = this.#at(place.index)
    const before = Atomics.compareExchange(this.#words, at, place.state, state)
    return before === place.state ? { index: place.index, state } : undefined
  }

  /** Keeps an entry when its thread ends. False when another thread has changed it. */
  disown(place: EndpointPlace): boolean {
    const now = this.refresh(place)
    if (now === undefined) return false
    const state = now.state | THREAD_BITS
    const at = this.#at(place.index)
    return Atomics.compareExchange(this.#words, at, now.state, state) === now.state
  }

  /** Removes an entry even when it has been disowned since. */
  removeWhoeverOwns(place: EndpointPlace): boolean {
    const now = this.refresh(place)
    return now !== undefined && this.remove(now)
  }

  /**
   * The same entry as it is now, with the same kind and perhaps another owner; undefined when it is
   * of another kind or another one.
   */
  refresh(place: EndpointPlace): EndpointPlace | undefined {
    const state = Atomics.load(this.#words, this.#at(place.index))
    if (((state ^ place.state) & ~THREAD_BITS) !== 0) return undefined
    return { index: place.index, state }
  }

  /** Removes an entry. False when it has been changed by another thread. */
  remove(place: EndpointPlace): boolean {
    // Read before the place is free, and right if the entry is still the same then.
    const hash = this.#words[this.#at(place.index) + endpoint.hash]!
    if (!this.#free(place)) return false
    this.#forget(hash)
    return true
  }

  #free(place: EndpointPlace): boolean {
    const next = ((place.state & ~0xffff) + GENERATION) | 0
    const at = this.#at(place.index)
    return Atomics.compareExchange(this.#words, at, place.state, next) === place.state
  }

  /** Says at its home that an entry may come to lie within so many probes. */
  #expect(hash: number, probes: number, more: number): void {
    const words = this.#words
    const at = this.#homeOf(hash)
    for (;;) {
      const seen = Atomics.load(words, at)
      const next = ((seen & ~home.probeBits) + more + Math.max(seen & home.probeBits, probes)) | 0
      if (seen === next || Atomics.compareExchange(words, at, seen, next) === seen) return
    }
  }

  /** Takes an entry that is gone from the count of its home; after the last, no probe is needed. */
  #forget(hash: number): void {
    const words = this.#words
    const at = this.#homeOf(hash)
    for (;;) {
      const seen = Atomics.load(words, at)
      const fewer = (seen - home.countOne) | 0
      // Without a sign: the count, which deaths may leave too high, takes all bits above the probe's.
      const next = fewer >>> 0 < home.countOne ? 0 : fewer
      if (Atomics.compareExchange(words, at, seen, next) === seen) return
    }
  }

  /** The slot of the thread that wrote an entry, or changed it last. */
  threadOf(place: EndpointPlace): number {
    return (place.state & THREAD_BITS) >>> THREAD_SHIFT
  }

  /**
   * Removes what a dead thread has left. A connection that it was about to attach ends, as if it had
   * just been attached: another socket may have bound the name since, and not have seen it.
   *
   * @param abandon closes the side of a pipe that the dead thread was attaching
   * @param drop gives up a pipe that waits no more
   */
  reap(
    deadSlot: number,
    abandon: (pipe: number, generation: number) => void,
    drop: (pipe: number, generation: number) => void,
  ): void {
    const words = this.#words
    for (let index = 0; index < MAX_ENDPOINTS; index++) {
      const at = this.#at(index)
      const state = Atomics.load(words, at)
      const place = { index, state }
      const kind = kindOf(state)
      if (kind === EndpointKind.free || this.threadOf(place) !== deadSlot) continue
      if (kind === EndpointKind.claimed) {
        // It may bear the name of the entry before it, so that its home is not known.
        this.#free(place)
        continue
      }
      const pipe = words[at + endpoint.pipe]!
      const generation = words[at + endpoint.generation]!
      if (kind === EndpointKind.taken) abandon(pipe, generation)
      if (this.remove(place) && kind === EndpointKind.pending) drop(pipe, generation)
    }
  }

  #write(index: number, hash: number, name: Uint8Array, entry: EndpointEntry): void {
    const words = this.#words
    const at = this.#at(index)
    words[at + endpoint.hash] = hash
    words[at + endpoint.socketId] = entry.socketId
    words[at + endpoint.pipe] = entry.pipe
    words[at + endpoint.generation] = entry.generation
    words[at + endpoint.socketType] = entry.socketType
    words[at + endpoint.sendHighWaterMark] = entry.sendHighWaterMark
    words[at + endpoint.receiveHighWaterMark] = entry.receiveHighWaterMark
    words[at + endpoint.nameBytes] = name.length
    words[at + endpoint.routingIdBytes] = entry.routingId.length
    this.#arena.tableBytes.set(name, (at + endpoint.name) * 4)
    this.#arena.tableBytes.set(entry.routingId, (at + endpoint.routingId) * 4)
  }

  #isNamed(index: number, name: Uint8Array): boolean {
    const at = this.#at(index)
    const length = this.#words[at + endpoint.nameBytes]! >>> 0
    if (length !== name.length || length > MAX_NAME_BYTES) return false
    const bytes = this.#arena.tableBytes
    const first = (at + endpoint.name) * 4
    for (let i = 0; i < length; i++) if (bytes[first + i] !== name[i]) return false
    return true
  }

  #bytes(word: number, length: number): Uint8Array {
    return this.#arena.tableBytes.slice(word * 4, word * 4 + length)
  }

  #at(index: number): number {
    return this.#arena.tables.endpoints + index * endpoint.words
  }

  /** The word about all entries with this name's home. */
  #homeOf(hash: number): number {
    return this.#arena.tables.homes + this.#indexOf(hash, 0)
  }

  #indexOf(hash: number, probe: number): number {
    return ((hash >>> 0) + probe) % MAX_ENDPOINTS
  }

  /** A state of this thread, in the generation of `state`. */
  #stateOf(state: number, kind: number): number {
    return (state & ~0xffff) | (this.#slot << THREAD_SHIFT) | kind
  }
}

const kindOf = (state: number): number => state & KIND_BITS

/** FNV-1a: names are short, and a collision costs one comparison. */
function hashOf(name: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of name) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash
}
