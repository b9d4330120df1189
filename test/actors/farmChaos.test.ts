import { expect, it } from 'vitest'
import { announcedSeed, Random } from '../support/random.ts'
import { FarmChaos } from './farmChaos.ts'

/** A few; the stress suite does the same for minutes. */
const ROUNDS = 2

it('hosts end at any moment: each result of a farm comes, and comes once', async () => {
  const seed = announcedSeed('farm chaos')
  const chaos = await FarmChaos.begin(new Random(seed))
  for (let round = 0; round < ROUNDS; round++) {
    const { came, expected } = await chaos.round()
    expect(came, `round ${round} of seed ${seed}`).toEqual(expected)
  }
  await chaos.end()
})
