import { randomBytes } from 'node:crypto'
import { SocketError } from '@ringpost/core'
import { decodeZ85, encodeZ85 } from '@ringpost/core/internal'
import { describe, expect, it } from 'vitest'
import { curveKeyPair, curvePublicKey } from './curveKeys.ts'
import { loadSodium } from './sodium.ts'

describe('keys', () => {
  it('are pairs of 40 characters that belong together', () => {
    const { publicKey, secretKey } = curveKeyPair()
    expect(publicKey).toHaveLength(40)
    expect(decodeZ85(secretKey)).toHaveLength(32)
    expect(curvePublicKey(secretKey)).toBe(publicKey)
    expect(curveKeyPair().secretKey).not.toBe(secretKey)
  })

  it('are those of libzmq’s manual', () => {
    // zmq_curve(7) shows this pair.
    const secretKey = 'D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs'
    expect(curvePublicKey(secretKey)).toBe('Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID')
  })

  it('are those that the handshake uses', async () => {
    const sodium = await loadSodium()
    for (let n = 0; n < 20; n++) {
      const secretKey = randomBytes(32)
      expect(curvePublicKey(secretKey)).toBe(encodeZ85(sodium.publicKey(secretKey)))
    }
  })

  it.each(['', 'x'.repeat(39), 'x'.repeat(45), '~'.repeat(40), new Uint8Array(31)])(
    'are not taken from %j, which is not said in the error',
    (secretKey) => {
      const act = () => curvePublicKey(secretKey)
      expect(act).toThrow(SocketError)
      expect(act).toThrow('A key is 32 bytes, or 40 characters of Z85')
    },
  )
})
