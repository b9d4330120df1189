import { expect, it } from 'vitest'
import { loadSodium } from '../../packages/transport/src/mechanism/sodium.ts'
import { Fuzz } from '../../packages/transport/src/testing/fuzz.test-support.ts'
import { bytesInUse } from '../../packages/transport/src/testing/garbage.test-support.ts'

/** `FUZZ_INPUTS=1000 FUZZ_SEED=1 pnpm fuzz` runs so many, or those of an earlier run again. */
const inputs = Number(process.env.FUZZ_INPUTS ?? 10_000_000)
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 0x8000_0000)
const ROUNDS = 10

it(`the wire takes ${inputs} inputs of seed ${seed}`, async () => {
  const fuzz = new Fuzz(await loadSodium())
  const perRound = Math.ceil(inputs / ROUNDS)
  let outcomes = fuzz.run(Math.min(inputs, 10_000), seed)
  const before = bytesInUse()
  for (let round = 0; round < ROUNDS; round++) {
    outcomes = fuzz.run(perRound, seed + round)
    expect(bytesInUse() - before).toBeLessThan(5_000_000)
  }
  for (const [target, met] of Object.entries(outcomes)) {
    const count = Object.values(met).reduce((sum, each) => sum + each)
    console.log(`${target}: ${count}, of which ${JSON.stringify(met)}`)
  }
})
