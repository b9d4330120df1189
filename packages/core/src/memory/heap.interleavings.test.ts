import { expect, it } from 'vitest'
import { core } from '../testing/core.test-support.ts'
import { explore } from '../testing/explore.test-support.ts'
import { call, now, settle } from '../testing/party.test-support.ts'
import { SmallWorld } from '../testing/smallWorld.test-support.ts'
import { ownedByPipe, PAGE_BYTES } from './layout.ts'
import { smallArena } from './smallArena.test-support.ts'

const { Heap, ThreadTable } = core

const [FIRST, SECOND, OTHER] = [0, 1, 2]
/** The largest block: two of them fill a page. */
const BLOCK_BYTES = PAGE_BYTES / 2
const PIPE = ownedByPipe(0)

it('a block taken for a pipe, and its page for a run of the same pipe: each keeps what it has got', () => {
  const arena = smallArena(1)
  const table = new ThreadTable(arena)
  for (const slot of [FIRST, SECOND, OTHER]) now(table.claim(100 + slot, -1))
  const other = new Heap(arena, OTHER)
  // The page is nobody's, so that the first finds it in every run.
  const ref = now(new Heap(arena, FIRST).allocate(BLOCK_BYTES, PIPE))
  now(other.reap(FIRST, new Set()))
  now(other.free(ref, PIPE))
  const world = new SmallWorld(arena, { threads: 3, pipes: 1, heapPages: 1 })
  const user = (slot: number, bytes: number) => {
    const heap = new Heap(arena, slot)
    return {
      name: `user ${slot}`,
      state: [heap],
      *run() {
        const taken = yield* call(heap.allocate(bytes, PIPE))
        settle(taken)
        if (taken !== 0) expect(yield* call(heap.free(taken, PIPE))).toBe(true)
      },
    }
  }
  const states = explore(world, {
    parties: () => [user(FIRST, BLOCK_BYTES), user(SECOND, PAGE_BYTES)],
    atEnd: () => expect(now(other.usedBytes())).toBe(0),
    stopsAtPlainAccess: false,
  })
  console.log(states)
})
