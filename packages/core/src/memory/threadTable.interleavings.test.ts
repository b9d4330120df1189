import { expect, it } from 'vitest'
import { core } from '../testing/core.test-support.ts'
import { explore } from '../testing/explore.test-support.ts'
import { call, now } from '../testing/party.test-support.ts'
import { SmallWorld } from '../testing/smallWorld.test-support.ts'
import { smallArena } from './smallArena.test-support.ts'

const { ThreadTable } = core

it.each([
  { threads: 2, most: 1 },
  { threads: 3, most: 2 },
])('of $threads threads that open a socket at once, $most get one', ({ threads, most }) => {
  const arena = smallArena(1)
  const table = new ThreadTable(arena)
  const slots = Array.from({ length: threads }, (_, slot) => slot)
  for (const slot of slots) now(table.claim(100 + slot, -1))
  const world = new SmallWorld(arena, { threads, pipes: 1, heapPages: 1 })
  const states = explore(world, {
    parties: () =>
      slots.map((slot) => ({
        name: `thread ${slot}`,
        *run() {
          yield* call(table.claimSocket(slot, most))
        },
      })),
    atEnd: () => expect(now(table.sockets())).toBe(most),
  })
  console.log(states)
})
