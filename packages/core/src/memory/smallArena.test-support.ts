import { Arena } from './arena.ts'
import { header, PAGE_BYTES, tablesFor } from './layout.ts'

/**
 * An arena whose heap has so many pages of 64 KiB and no more.
 *
 * @param firstPage where the heap begins; by default right behind the tables
 */
export function smallArena(heapPages: number, firstPage = 0): Arena {
  let maxPages = heapPages
  for (;;) {
    const begin = Math.max(tablesFor(maxPages).endBytes / PAGE_BYTES, firstPage)
    if (begin + heapPages !== maxPages) {
      maxPages = begin + heapPages
      continue
    }
    const arena = Arena.create(maxPages * PAGE_BYTES)
    for (const word of [header.firstPage, header.pagesHigh, header.pageHint]) {
      arena.words[word] = begin
    }
    return arena
  }
}

/** One small arena for many runs of a property; a run that fails leaves the next one a new one. */
export class SharedSmallArena {
  readonly #make: () => Arena
  #arena: Arena | undefined

  constructor(...given: Parameters<typeof smallArena>) {
    this.#make = () => smallArena(...given)
  }

  use<T>(run: (arena: Arena) => T): T {
    const arena = (this.#arena ??= this.#make())
    this.#arena = undefined
    const result = run(arena)
    this.#arena = arena
    return result
  }
}
