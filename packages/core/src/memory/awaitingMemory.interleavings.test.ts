import { describe, expect, it } from 'vitest'
import { core } from '../testing/core.test-support.ts'
import { explore } from '../testing/explore.test-support.ts'
import { atomic, call, now, settle } from '../testing/party.test-support.ts'
import { SmallWorld } from '../testing/smallWorld.test-support.ts'
import { ownedByPipe, ownedByThread, PAGE_BYTES, thread, Wake } from './layout.ts'
import { smallArena } from './smallArena.test-support.ts'

const { Heap, reapThreads, Thread, ThreadTable } = core

/** Threads and their slots; thread ids are the slots and 100. */
const [FIRST, SECOND, THIRD, REAPER] = [0, 1, 2, 3]
/** Two of them fill a page. */
const HALF_A_PAGE = PAGE_BYTES / 2
const PIPE = ownedByPipe(0)

type Heaps = InstanceType<typeof Heap>

/** A heap of so many pages, all of them taken, as `take` says. @param waiting threads that wait for some */
function scarce<Taken>(
  pages: number,
  take: (heapOf: (slot: number) => Heaps) => Taken,
  waiting: readonly number[] = [],
) {
  const arena = smallArena(pages)
  const table = new ThreadTable(arena)
  for (const slot of [FIRST, SECOND, THIRD, REAPER]) now(table.claim(100 + slot, -1))
  // A thread's heap knows its own pages, which is part of what every run begins with.
  const heaps = new Map<number, Heaps>()
  const taken = take((slot) => {
    const heap = heaps.get(slot) ?? new Heap(arena, slot)
    heaps.set(slot, heap)
    return heap
  })
  for (const slot of waiting) now(table.awaitMemory(slot))
  const world = new SmallWorld(arena, { threads: 4, pipes: 1, heapPages: pages })
  return { arena, table, world, taken }
}

type Scarce = ReturnType<typeof scarce>

/** Gives one block after the other back. */
const giver = ({ arena }: Scarce, slot: number, refs: readonly number[], reaper?: string) => ({
  name: `giver ${slot}`,
  ...(reaper === undefined ? {} : { reaper }),
  *run() {
    const heap = new Heap(arena, slot)
    for (const ref of refs) {
      settle(ref)
      yield* call(heap.free(ref, PIPE))
    }
  },
})

/** As a thread does that has nothing else to do. @param at its words */
function* sleep(words: Int32Array, at: number) {
  yield* atomic('store', words, at + thread.wake, Wake.asleep)
  if (Number(yield* atomic('load', words, at + thread.rescan)) === 0)
    yield* atomic('wait', words, at + thread.wake, Wake.asleep)
  yield* atomic('store', words, at + thread.wake, Wake.awake)
  yield* atomic('store', words, at + thread.rescan, 0)
}

type Scene = readonly [scene: Scarce, slot: number, bytes: number, heap?: Heaps]

/** Waits until it has memory. */
const waiter = (...[scene, slot, bytes, heap = new Heap(scene.arena, slot)]: Scene) => ({
  name: `waiter ${slot}`,
  state: [heap],
  *run() {
    const owner = ownedByThread(slot)
    while ((yield* call(heap.allocate(bytes, owner))) === 0) {
      yield* call(scene.table.awaitMemory(slot))
      if ((yield* call(heap.allocate(bytes, owner))) !== 0) return
      settle()
      yield* sleep(scene.arena.words, scene.table.at(slot))
    }
  },
})

/** The same, from when it has been told that there is none. */
const sleeper = (...[scene, slot, bytes]: Scene) => {
  const waiting = waiter(scene, slot, bytes)
  return {
    ...waiting,
    *run() {
      yield* sleep(scene.arena.words, scene.table.at(slot))
      yield* waiting.run()
    },
  }
}

/** Has no use for less than that, and does not wait. */
const greedy = ({ arena }: Scarce, slot: number, bytes: number) => ({
  name: 'greedy',
  *run() {
    expect(yield* call(new Heap(arena, slot).allocate(bytes, ownedByThread(slot)))).toBe(0)
  },
})

const used = ({ arena }: Scarce): number => Number(now(new Heap(arena, REAPER).usedBytes()))

describe('every interleaving of giving memory back and waiting for some', () => {
  it('gives a page to who waits', () => {
    const scene = scarce(1, (heapOf) => now(heapOf(FIRST).allocate(PAGE_BYTES, PIPE)))
    const states = explore(scene.world, {
      parties: () => [giver(scene, FIRST, [scene.taken]), waiter(scene, SECOND, PAGE_BYTES)],
      atEnd: () => expect(used(scene)).toBe(PAGE_BYTES),
    })
    console.log(states)
  })

  it('gives blocks that make a page to who waits', () => {
    const scene = scarce(1, (heapOf) =>
      [1, 2].map(() => now(heapOf(FIRST).allocate(HALF_A_PAGE, PIPE))),
    )
    const states = explore(scene.world, {
      parties: () => [
        giver(scene, FIRST, [scene.taken[0]!]),
        giver(scene, THIRD, [scene.taken[1]!]),
        waiter(scene, SECOND, PAGE_BYTES),
      ],
      atEnd: () => expect(used(scene)).toBe(PAGE_BYTES),
    })
    console.log(states)
  })

  it('gives a block to the thread whose page it is in, while another tries in vain for a page', () => {
    const scene = scarce(1, (heapOf) => {
      const heap = heapOf(SECOND)
      return { heap, refs: [1, 2].map(() => now(heap.allocate(HALF_A_PAGE, PIPE))) }
    })
    const states = explore(scene.world, {
      parties: () => [
        giver(scene, FIRST, [scene.taken.refs[0]!]),
        waiter(scene, SECOND, HALF_A_PAGE, scene.taken.heap),
        greedy(scene, THIRD, PAGE_BYTES),
      ],
      atEnd: () => expect(used(scene)).toBe(PAGE_BYTES),
      stopsAtPlainAccess: false,
    })
    console.log(states)
  })

  it('gives a page to who waits, while another tries in vain for two', () => {
    const scene = scarce(2, (heapOf) =>
      [1, 2].map(() => now(heapOf(FIRST).allocate(PAGE_BYTES, PIPE))),
    )
    const states = explore(scene.world, {
      parties: () => [
        giver(scene, FIRST, [scene.taken[0]!]),
        waiter(scene, SECOND, PAGE_BYTES),
        greedy(scene, THIRD, 2 * PAGE_BYTES),
      ],
      atEnd: () => expect(used(scene)).toBe(2 * PAGE_BYTES),
      stopsAtPlainAccess: false,
    })
    console.log(states)
  })

  it('gives each of two that wait a page', () => {
    const scene = scarce(2, (heapOf) => now(heapOf(FIRST).allocate(2 * PAGE_BYTES, PIPE)), [
      SECOND,
      THIRD,
    ])
    const states = explore(scene.world, {
      parties: () => [
        giver(scene, FIRST, [scene.taken]),
        sleeper(scene, SECOND, PAGE_BYTES),
        sleeper(scene, THIRD, PAGE_BYTES),
      ],
      atEnd: () => expect(used(scene)).toBe(2 * PAGE_BYTES),
      stopsAtPlainAccess: false,
    })
    console.log(states)
  })

  it('gives a page to who waits though its giver dies', () => {
    const scene = scarce(1, (heapOf) =>
      now(heapOf(FIRST).allocate(PAGE_BYTES, ownedByThread(FIRST))),
    )
    const states = explore(scene.world, {
      parties: () => {
        const self = new Thread(scene.arena, REAPER, () => false)
        return [
          {
            name: 'giver',
            reaper: 'reaper',
            *run() {
              yield* call(new Heap(scene.arena, FIRST).free(scene.taken, ownedByThread(FIRST)))
            },
          },
          waiter(scene, SECOND, PAGE_BYTES),
          {
            name: 'reaper',
            state: [self],
            *run() {
              yield* call(reapThreads(self, 100 + FIRST))
            },
          },
        ]
      },
      atEnd: () => expect(used(scene)).toBe(PAGE_BYTES),
      stopsAtPlainAccess: false,
    })
    console.log(states)
  })
})
