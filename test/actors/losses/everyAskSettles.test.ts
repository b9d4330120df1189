import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActorSystem } from '@ringpost/actors'
import { victim } from '../../dist/actors/lifeActors.js'
import { createSystem } from '../system.ts'

/** Actors that are there at first. */
const ACTORS = 4

const actor = fc.nat(ACTORS - 1)

/** What happens: things are asked, and actors and hosts end in all ways. */
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constantFrom('value', 'never', 'stream'), actor }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('passOn' as const), actor, to: actor }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constantFrom('crash', 'stop', 'stop at once', 'exit', 'throwLater', 'wait'),
      actor,
    }),
  },
)

let system: ActorSystem

beforeAll(async () => {
  system = await createSystem({
    hosts: 2,
    replacements: { maxRestarts: Infinity, backoff: { firstMs: 0, maxMs: 0 } },
    supervision: { maxRestarts: 3, backoff: { firstMs: 0, maxMs: 0 } },
  })
})

afterAll(() => system.close())

describe('an ask, and the reading of a stream', () => {
  it('settles, whatever dies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 16 }), async (happenings) => {
        const actors = await Promise.all(Array.from({ length: ACTORS }, () => spawnVictim()))
        const asked: Promise<unknown>[] = []
        for (const happening of happenings) {
          const one = actors[happening.actor]!
          const forEver = one.with({ timeoutMs: Infinity })
          switch (happening.what) {
            case 'value':
              asked.push(forEver.ask.value())
              break
            case 'never':
              asked.push(forEver.ask.never())
              break
            case 'passOn':
              asked.push(forEver.ask.passOn(actors[happening.to]! as never))
              break
            case 'stream':
              asked.push(readAll(forEver.stream.forever()))
              break
            case 'crash':
              one.tell.crash('x')
              break
            case 'stop':
              asked.push(one.stop({ graceMs: 100 }))
              break
            case 'stop at once':
              asked.push(one.stop({ drain: false, graceMs: 100 }))
              break
            case 'exit':
              one.tell.exit(1)
              break
            case 'throwLater':
              one.tell.throwLater('x')
              break
            case 'wait':
              await new Promise(setImmediate)
          }
          // What is rejected before the end is looked at there.
          asked.at(-1)?.catch(() => undefined)
        }
        await Promise.all(actors.map((one) => one.stop({ drain: false, graceMs: 1000 })))
        const settled = await Promise.allSettled(asked)
        expect(settled).toHaveLength(asked.length)
        expect(system.actors.size).toBe(0)
      }),
      { numRuns: Number(process.env['RINGPOST_RUNS'] ?? 8), endOnFailure: true },
    )
  })
})

/** Hosts that the run before has left to die may take along what is being spawned. */
async function spawnVictim() {
  while (true) {
    try {
      return await system.spawn(victim, 1)
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EHOSTDOWN') throw error
    }
  }
}

async function readAll(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) void item
}
