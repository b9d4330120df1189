import { expect, it } from 'vitest'
import { createSystem } from '@ringpost/actors'
import { announcedSeed, Random } from '../../support/random.ts'
import { attackedSystem, chaosRound, FarmOnHosts } from '../farmChaos.ts'

const actors = new URL('../../dist/actors/chaosActors.js', import.meta.url)

/** `pnpm chaos` does the same for minutes, and more. */
it('hosts end at any moment: each result of a farm comes, and comes once', async () => {
  const seed = announcedSeed('farm chaos')
  const random = new Random(seed)
  await using system = await createSystem(attackedSystem)
  const farm = await FarmOnHosts.begin(system, actors, random)
  const { came, expected } = await chaosRound(farm, random)
  expect(came, `seed ${seed}`).toEqual(expected)
  await farm.end()
})
