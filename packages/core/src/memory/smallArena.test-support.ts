import { Arena } from './arena.ts'
import { PAGE_BYTES, tablesFor } from './layout.ts'

/** An arena whose heap has so many pages of 64 KiB and no more. */
export function smallArena(heapPages: number): Arena {
  let maxPages = heapPages
  for (;;) {
    const needed = heapPages + tablesFor(maxPages).endBytes / PAGE_BYTES
    if (needed === maxPages) return Arena.create(maxPages * PAGE_BYTES)
    maxPages = needed
  }
}

/** One small arena for many runs of a property; a run that fails leaves the next one a new one. */
export class SharedSmallArena {
  readonly #heapPages: number
  #arena: Arena | undefined

  constructor(heapPages: number) {
    this.#heapPages = heapPages
  }

  use<T>(run: (arena: Arena) => T): T {
    const arena = (this.#arena ??= smallArena(this.#heapPages))
    this.#arena = undefined
    const result = run(arena)
    this.#arena = arena
    return result
  }
}
