import { describe, expect, it } from 'vitest'
import { loadSodium } from '../mechanism/sodium.ts'
import { Fuzz } from './fuzz.test-support.ts'
import { bytesInUse } from './garbage.test-support.ts'

/** More of them, and others each time: `pnpm fuzz`. */
const INPUTS = 100_000
const SEED = 20_261_126

describe('bytes of whatever kind', () => {
  it('do no harm: nothing is thrown but a WireError, and no memory is held', async () => {
    const fuzz = new Fuzz(await loadSodium())
    fuzz.run(INPUTS / 10, SEED)
    const before = bytesInUse()
    const outcomes = fuzz.run(INPUTS, SEED)
    expect(bytesInUse() - before).toBeLessThan(5_000_000)
    // All ways to end were met.
    const met = Object.values(outcomes).flatMap((each) => Object.keys(each))
    expect([...new Set(met)].sort()).toMatchInlineSnapshot(`
        [
          "101",
          "400",
          "403",
          "404",
          "426",
          "CRYPTOGRAPHIC",
          "DENIED",
          "FRAME_TOO_LARGE",
          "INCOMPATIBLE_PEER",
          "INVALID_METADATA",
          "MALFORMED_COMMAND",
          "MALFORMED_FRAME",
          "MECHANISM_MISMATCH",
          "TOO_MANY_FRAMES",
          "UNEXPECTED_COMMAND",
          "UNSUPPORTED_DATA",
          "UNSUPPORTED_VERSION",
          "UPGRADE_FAILED",
          "ZAP_BAD_REQUEST_ID",
          "ZAP_BAD_VERSION",
          "ZAP_INVALID_METADATA",
          "ZAP_INVALID_STATUS_CODE",
          "ZAP_MALFORMED_REPLY",
          "ZAP_UNSPECIFIED",
          "ZWS2.0",
          "ZWS2.0/NULL",
          "accepted",
          "command",
          "commands",
          "denied",
          "dropped",
          "greeting of 2.0",
          "greeting of 3.0",
          "greeting of 3.1",
          "message",
          "messages",
          "no request",
          "not over",
          "ready",
          "request",
        ]
      `)
  })
})
