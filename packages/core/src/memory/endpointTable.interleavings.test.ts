import { describe, expect, it } from 'vitest'
import { core } from '../testing/core.test-support.ts'
import { explore } from '../testing/explore.test-support.ts'
import { call, now, settle } from '../testing/party.test-support.ts'
import { SmallWorld } from '../testing/smallWorld.test-support.ts'
import type { EndpointEntry } from './endpointTable.ts'
import { EndpointKind } from './layout.ts'
import { smallArena } from './smallArena.test-support.ts'

const { EndpointTable } = core
/** As core.test-support has them. */
const PLACES = 8
const [BINDER, CONNECTOR, OTHER, REAPER] = [1, 2, 3, 4]

describe('every interleaving of names that come and go', () => {
  const arena = smallArena(1)
  const world = new SmallWorld(arena, { threads: 0, pipes: 0, heapPages: 1, endpoints: PLACES })
  const tableOf = (slot: number) => new EndpointTable(arena, slot)
  const entry: EndpointEntry = {
    socketId: 1,
    pipe: 2,
    generation: 1024,
    socketType: 8,
    sendHighWaterMark: 1000,
    receiveHighWaterMark: 1000,
    routingId: new Uint8Array(0),
  }

  /** A name's home is where it lies in an empty table. */
  function homeOf(name: Buffer): number {
    const table = tableOf(OTHER)
    const place = now(table.insert(name, entry, EndpointKind.bound))!
    now(table.remove(place))
    return place.index
  }

  const name = Buffer.from('name')
  const others = Array.from({ length: 100 }, (_, n) => Buffer.from(`other ${n}`)).filter(
    (other) => homeOf(other) === homeOf(name),
  )

  /** Writes an entry and looks for the other's then, as who binds and who connects do. */
  function meeter(slot: number, kind: number, wanted: number, seen: Set<number>) {
    const table = tableOf(slot)
    return {
      name: kind === EndpointKind.bound ? 'binder' : 'connector',
      state: [table, seen],
      *run() {
        yield* call(table.insert(name, entry, kind))
        settle()
        const found = yield* call(table.find(name, wanted))
        if (found.length > 0) seen.add(slot)
      },
    }
  }

  it('lets one of two that write their entries and look then see the other', () => {
    let seen = new Set<number>()
    const states = explore(world, {
      parties: () => {
        const own = (seen = new Set())
        const table = tableOf(OTHER)
        // At home already, so that the others have to go further.
        const there = now(table.insert(others[0]!, entry, EndpointKind.bound))!
        return [
          meeter(BINDER, EndpointKind.bound, EndpointKind.pending, own),
          meeter(CONNECTOR, EndpointKind.pending, EndpointKind.bound, own),
          {
            name: 'other',
            state: [table],
            *run() {
              yield* call(table.remove(there))
            },
          },
        ]
      },
      atEnd: () => expect(seen.size).toBeGreaterThan(0),
      // What is written and read of an entry is its thread's alone until it is shown.
      stopsAtPlainAccess: false,
    })
    console.log(states)
  })

  it('finds what is there, and needs no probe when all is gone, unless a thread has died', () => {
    let found: number[] = []
    const states = explore(world, {
      parties: () => {
        const own: number[] = (found = [])
        const [one, other] = [tableOf(BINDER), tableOf(OTHER)]
        return [
          {
            name: 'one',
            state: [one, own],
            *run() {
              for (let n = 0; n < 2; n++) {
                settle(n)
                const place = (yield* call(one.insert(name, entry, EndpointKind.bound)))!
                own.push((yield* call(one.find(name, EndpointKind.bound))).length)
                yield* call(one.remove(place))
              }
            },
          },
          {
            name: 'other',
            state: [other],
            reaper: 'reaper',
            *run() {
              for (const [n, theirs] of others.slice(0, 2).entries()) {
                settle(n)
                const place = yield* call(other.insert(theirs, entry, EndpointKind.bound))
                yield* call(other.remove(place!))
              }
            },
          },
          {
            name: 'reaper',
            state: [],
            *run() {
              const ignore = (): void => undefined
              yield* call(tableOf(REAPER).reap(OTHER, ignore, ignore))
            },
          },
        ]
      },
      atEnd: (isDead) => {
        expect(found).toEqual([1, 1])
        const { homes } = arena.tables
        if (!isDead('other')) expect(arena.words[homes + homeOf(name)]).toBe(0)
        expect(now(tableOf(OTHER).find(name, EndpointKind.bound))).toEqual([])
      },
      stopsAtPlainAccess: false,
    })
    console.log(states)
  })
})
