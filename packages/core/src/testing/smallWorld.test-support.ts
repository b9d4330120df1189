import type { Arena } from '../memory/arena.ts'
import { endpoint, header, mailbox, pipe, thread, UNITS_PER_PAGE } from '../memory/layout.ts'
import type { World } from './explore.test-support.ts'

/** What of an arena a scenario uses. */
export interface Extent {
  /** Words of the header. */
  readonly header?: number
  readonly threads: number
  readonly pipes: number
  readonly heapPages: number
  /** Entries of the endpoint table; by default none. */
  readonly endpoints?: number
}

interface Region {
  readonly name: string
  readonly words: Int32Array
  readonly pristine: Int32Array
  /** Words of one of several that are alike. */
  readonly each: number
}

/** The part of an arena that a scenario uses, as it is now: what every run begins with. */
export class SmallWorld implements World {
  readonly #regions: Region[] = []

  constructor(arena: Arena, extent: Extent) {
    const { tables, words } = arena
    const firstPage = words[header.firstPage]!
    const units = extent.heapPages * UNITS_PER_PAGE
    const posts = Math.ceil((extent.pipes * 2) / 32)
    this.#add(arena, 'header', 0, extent.header ?? header.memoryAwaited + 1)
    this.#add(arena, 'thread', tables.threads, thread.words, extent.threads)
    this.#add(arena, 'pipe', tables.pipes, pipe.words, extent.pipes)
    for (let slot = 0; slot < extent.threads; slot++) {
      const box = tables.mailboxes + slot * mailbox.words
      this.#add(arena, `ends of thread ${slot}`, box + mailbox.ends, posts)
      this.#add(arena, `groups of thread ${slot}`, box + mailbox.groups, Math.ceil(posts / 32))
    }
    this.#add(arena, 'page', tables.pageMap + firstPage, 1, extent.heapPages)
    this.#add(arena, 'owner', tables.owners + firstPage * UNITS_PER_PAGE, 1, units)
    this.#add(arena, 'endpoint', tables.endpoints, endpoint.words, extent.endpoints ?? 0)
    this.#add(arena, 'home', tables.homes, 1, extent.endpoints ?? 0)
  }

  #add(arena: Arena, name: string, begin: number, each: number, count = 1): void {
    const words = arena.words.subarray(begin, begin + each * count)
    this.#regions.push({ name, words, pristine: words.slice(), each })
  }

  reset(): void {
    for (const { words, pristine } of this.#regions) words.set(pristine)
  }

  hash(): number {
    let hash = 0x811c9dc5
    for (const { words } of this.#regions) {
      const { length } = words
      for (let i = 0; i < length; i++)
        hash = Math.imul(hash ^ words[i]!, 0x01000193) ^ (hash >>> 17)
    }
    return hash
  }

  describe(byte: number): string {
    for (const { name, words, each } of this.#regions) {
      const index = (byte - words.byteOffset) / 4
      if (index < 0 || index >= words.length) continue
      return `${name} ${Math.floor(index / each)} word ${index % each}: ${words[index]}`
    }
    return `byte ${byte}`
  }
}
