import { describe, expect, it } from 'vitest'
import { loadSodium } from '../mechanism/sodium.ts'
import { Fuzz } from './fuzz.test-support.ts'
import { bytesInUse } from './garbage.test-support.ts'

/** More of them, and others each time: `pnpm fuzz`. */
const INPUTS = 100_000
const SEED = 20_261_126

describe('bytes of whatever kind', () => {
  it(
    'do no harm: nothing is thrown but a WireError, and no memory is held',
    { timeout: 60_000 },
    async () => {
      const fuzz = new Fuzz(await loadSodium())
      fuzz.run(INPUTS / 10, SEED)
      const before = bytesInUse()
      const outcomes = fuzz.run(INPUTS, SEED)
      expect(bytesInUse() - before).toBeLessThan(5_000_000)
      // All ways to end were met.
      expect(Object.keys(outcomes).sort()).toMatchInlineSnapshot(`
      [
        "CRYPTOGRAPHIC",
        "DENIED",
        "FRAME_TOO_LARGE",
        "INCOMPATIBLE_PEER",
        "INVALID_METADATA",
        "MALFORMED_COMMAND",
        "MALFORMED_FRAME",
        "TOO_MANY_FRAMES",
        "UNEXPECTED_COMMAND",
        "UNSUPPORTED_DATA",
        "UNSUPPORTED_VERSION",
        "command",
        "commands",
        "greeting of 2.0",
        "greeting of 3.0",
        "greeting of 3.1",
        "messages",
        "not over",
        "ready",
      ]
    `)
    },
  )
})
