import { SocketError } from '../errors.ts'
import {
  header,
  LAYOUT_VERSION,
  MAGIC,
  PAGE_BYTES,
  PageKind,
  tablesFor,
  WORD_BYTES,
  type Tables,
} from './layout.ts'

const GIB = 2 ** 30
/** The most that Node 20 grants a growable buffer. */
const LARGEST_BYTES = 4 * GIB
const SMALLEST_BYTES = GIB / 4
/** The heap grows by at least this much at a time. */
const GROWTH_BYTES = 16 * 2 ** 20
/** Views of the heap begin at multiples of this, so that indexes stay small integers. */
const WINDOW_BYTES = GIB

/** A part of the heap as words and as bytes; `base` is the byte of the arena where all begin. */
export interface Window {
  readonly words: Int32Array
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly base: number
}

/**
 * One thread's view of a context's shared memory: the tables, and the heap through windows.
 *
 * Every view has an explicit length: a length-tracking view of a growable buffer costs twenty
 * times as much per access. A view made before the arena grew stays valid for what it covers.
 */
export class Arena {
  readonly buffer: SharedArrayBuffer
  /** Header and tables. */
  readonly words: Int32Array
  /** The same as bytes: names and routing ids lie in the tables. */
  readonly tableBytes: Uint8Array
  readonly tables: Tables
  readonly maxPages: number
  readonly #windows: Window[] = []

  private constructor(buffer: SharedArrayBuffer, maxPages: number) {
    this.buffer = buffer
    this.maxPages = maxPages
    this.tables = tablesFor(maxPages)
    this.words = new Int32Array(buffer, 0, this.tables.endBytes / WORD_BYTES)
    this.tableBytes = new Uint8Array(buffer, 0, this.tables.endBytes)
  }

  /**
   * Reserves address space for the largest arena the machine grants; pages come when touched.
   *
   * @param atMostBytes a multiple of a page; the tables take some 55 MB of it
   */
  static create(atMostBytes = LARGEST_BYTES): Arena {
    for (let maxBytes = atMostBytes; ; maxBytes /= 2) {
      const maxPages = maxBytes / PAGE_BYTES
      const tables = tablesFor(maxPages)
      const bytes = Math.min(tables.endBytes + GROWTH_BYTES, maxBytes)
      const buffer = reserve(bytes, maxBytes, maxBytes > SMALLEST_BYTES)
      if (buffer === undefined) continue
      const arena = new Arena(buffer, maxPages)
      arena.#format()
      return arena
    }
  }

  /** Views the arena that another thread of this process created. */
  static open(buffer: SharedArrayBuffer): Arena {
    const isLargeEnough = buffer.byteLength >= header.options * WORD_BYTES
    const start = new Int32Array(buffer, 0, isLargeEnough ? header.options : 0)
    if (start[header.magic] !== MAGIC || start[header.version] !== LAYOUT_VERSION) {
      throw new SocketError('EINVAL', {
        message: 'Not a context of this version of Ringpost: every thread must load the same one',
      })
    }
    return new Arena(buffer, start[header.maxPages]!)
  }

  #format(): void {
    const { words, tables } = this
    const firstPage = tables.endBytes / PAGE_BYTES
    for (let page = 0; page < firstPage; page++) words[tables.pageMap + page] = PageKind.reserved
    words[header.maxPages] = this.maxPages
    words[header.firstPage] = firstPage
    words[header.pagesHigh] = firstPage
    words[header.pageHint] = firstPage
    words[header.nextSocketId] = 1
    words[header.version] = LAYOUT_VERSION
    Atomics.store(words, header.magic, MAGIC)
  }

  /** Makes the first `bytes` bytes usable; any thread may call it at any time. */
  ensure(bytes: number): boolean {
    if (bytes <= this.buffer.byteLength) return true
    if (bytes > this.buffer.maxByteLength) return false
    const wanted = Math.max(bytes, Math.min(this.buffer.byteLength * 1.5, bytes + 2 ** 28))
    const rounded = Math.ceil(wanted / GROWTH_BYTES) * GROWTH_BYTES
    try {
      this.buffer.grow(Math.min(rounded, this.buffer.maxByteLength))
    } catch (error) {
      // Another thread may have grown it further in between, and it never shrinks.
      if (!(error instanceof RangeError)) throw error
    }
    return bytes <= this.buffer.byteLength
  }

  /** The window that holds the block at `byte`, up to one page long. */
  window(byte: number): Window {
    const index = Math.floor(byte / WINDOW_BYTES)
    const known = this.#windows[index]
    if (known !== undefined && byte + PAGE_BYTES <= known.base + known.bytes.length) return known
    const base = index * WINDOW_BYTES
    const length = Math.min(this.buffer.byteLength - base, WINDOW_BYTES)
    const made = {
      words: new Int32Array(this.buffer, base, length / WORD_BYTES),
      bytes: new Uint8Array(this.buffer, base, length),
      view: new DataView(this.buffer, base, length),
      base,
    }
    this.#windows[index] = made
    return made
  }
}

function reserve(
  bytes: number,
  maxByteLength: number,
  mayFail: boolean,
): SharedArrayBuffer | undefined {
  try {
    return new SharedArrayBuffer(bytes, { maxByteLength })
  } catch (error) {
    if (mayFail && error instanceof RangeError) return undefined
    throw new SocketError('ENOMEM', {
      message: `Cannot reserve ${maxByteLength} bytes of address space for the context`,
      cause: error,
    })
  }
}
