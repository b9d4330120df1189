import { expect, it } from 'vitest'
import { createSystem } from '../system.ts'

const module = new URL('../../dist/actors/farmActors.js', import.meta.url)

// Of hosts that are processes nobody sees whose code they run: docs/actors/farms.md.
it('leaves a task alone that computes in its time, whoever waits for its thread', async () => {
  await using system = await createSystem({ hosts: 1 })
  await using farm = await system.farm({ module, export: 'spin', workers: 2 })
  const { hosts } = system
  // Longer than the other one's time, and what it might need to say that this is over.
  const long = farm.run(3000, undefined, { timeoutMs: 60_000 })
  const short = farm.run(1, undefined, { timeoutMs: 1000 })
  expect(await Promise.all([long, short])).toEqual(['done', 'done'])
  expect(system.hosts).toEqual(hosts)
})
