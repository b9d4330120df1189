import { expect, it } from 'vitest'
import { FarmChaos } from '../actors/farmChaos.ts'
import { announcedSeed, Random } from '../support/random.ts'

const seconds = Number(process.env['RINGPOST_STRESS_SECONDS'] ?? 180)

it('hosts end at any moment for minutes: each result of a farm comes, and comes once', async () => {
  const seed = announcedSeed('farm chaos')
  const chaos = await FarmChaos.begin(new Random(seed))
  const end = performance.now() + seconds * 1000
  for (let round = 0; performance.now() < end; round++) {
    const { came, expected } = await chaos.round()
    expect(came, `round ${round} of seed ${seed}`).toEqual(expected)
  }
  await chaos.end()
})
