import { expect, it } from 'vitest'
import { announcedSeed, Random } from '../../support/random.ts'
import { FarmChaos } from '../farmChaos.ts'

/** The stress suite does the same for minutes. */
const ROUNDS = 1

/** Threads that replace others take a second each to begin on a busy machine. */
it('hosts end at any moment: each result of a farm comes, and comes once', async () => {
  const seed = announcedSeed('farm chaos')
  const chaos = await FarmChaos.begin(new Random(seed))
  for (let round = 0; round < ROUNDS; round++) {
    const { came, expected } = await chaos.round()
    expect(came, `round ${round} of seed ${seed}`).toEqual(expected)
  }
  await chaos.end()
}, 60_000)
