import { afterAll, beforeAll, expect, it } from 'vitest'
import { announcedSeed } from '../support/random.ts'
import { GUARD_MS, Terminations } from './terminations.ts'

/** A few; the stress suite does the same for hundreds of rounds. */
const ROUNDS = 10

let ground: Terminations
const seed = announcedSeed('terminations')
beforeAll(async () => {
  ground = await Terminations.begin(seed)
})
afterAll(() => ground.end())

it(
  'threads end at any moment: nothing complete is lost, nothing is left of them',
  // Each round has a limit of its own.
  { timeout: ROUNDS * GUARD_MS },
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await expect(ground.round(), `round ${round} of seed ${seed}`).resolves.toBeUndefined()
    }
  },
)
