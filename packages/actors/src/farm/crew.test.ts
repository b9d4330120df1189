import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Calls } from './calls.ts'
import { HeldLink, LONG_MS, Ready, terms } from './crew.test-support.ts'
import { Crew } from './crew.ts'
import { Run } from './run.ts'

/** So short that a parcel may have many. */
const SHORT_MS = 0.01

/** Two workers whose tasks take so long, and their crew. */
async function crewOfTwo(taskMs: number) {
  const links = [new HeldLink(taskMs), new HeldLink(taskMs)] as const
  const crew = new Crew(new Ready(2, links))
  await crew.open()
  return { links, crew }
}

describe('a crew', () => {
  it('gives work to one that found nothing while too much was in flight, although another has room', async () => {
    const { links, crew } = await crewOfTwo(LONG_MS)
    const [busy, idle] = links
    const run = new Run(crew, Array.from({ length: 100 }).keys(), terms, ({ value }) => value)
    const first = run.next()
    expect([busy.parcels.length, idle.parcels.length]).toEqual([1, 1])
    await busy.finish()
    await first
    // How long a task takes is known from now on: each may have two, of the four in flight and unread.
    await idle.finish()
    await run.next()
    expect([busy.parcels.length, idle.parcels.length]).toEqual([2, 1])
    await idle.finish()
    await idle.finish()
    expect(idle.parcels).toHaveLength(0)
    await run.next()
    await busy.finish()
    expect(idle.parcels.length).toBeGreaterThan(0)
    await run.return()
    await crew.close()
  })

  it('shares out calls among those that have nothing to do', async () => {
    const { links, crew } = await crewOfTwo(SHORT_MS)
    const [first, second] = links
    const calls = new Calls(crew, terms)
    const call = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) void calls.call(n, undefined)
      await setImmediate()
    }
    // How short they are is known after some, and parcels have more and more of them.
    for (let round = 0; round < 3; round++) {
      await call(1)
      await first.finish()
    }
    await call(8)
    expect([first.sizes, second.sizes]).toEqual([[4], [4]])
    await first.finish()
    await call(6)
    expect([first.sizes, second.sizes]).toEqual([[6], [4]])
    await call(4)
    expect([first.sizes, second.sizes]).toEqual([
      [6, 2],
      [4, 1],
    ])
    while (first.sizes.length + second.sizes.length > 0)
      for (const link of links) if (link.sizes.length > 0) await link.finish()
    await crew.close()
  })
})
