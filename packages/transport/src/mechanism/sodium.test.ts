import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import load from 'libsodium-sumo'
import { beforeAll, describe, expect, it } from 'vitest'
import { BOX_BYTES, loadSodium, type Sodium } from './sodium.ts'

const hex = (...lines: string[]): Buffer => Buffer.from(lines.join(''), 'hex')

/** The worked example of "Cryptography in NaCl", D. J. Bernstein, sections 2 to 10. */
const example = {
  alice: {
    secret: hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
    public: hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'),
  },
  bob: {
    secret: hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'),
    public: hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'),
  },
  shared: hex('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389'),
  nonce: hex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37'),
  plaintext: hex(
    'be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc',
    'e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31',
    '0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde',
    '048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864',
    '5e0705',
  ),
  box: hex(
    'f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce',
    '48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972',
    '71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae',
    '90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3',
    '7973f622a43d14a6599b1f654cb45a74e355a5',
  ),
}

/** Keys with which every secret key gives zero. @see RFC 7748, section 6.1 */
const lowOrder = [
  hex('00'.repeat(32)),
  hex('01', '00'.repeat(31)),
  hex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
]

describe('the cryptography of CURVE', () => {
  let sodium: Sodium
  beforeAll(async () => {
    sodium = await loadSodium()
  })

  it('is loaded once', async () => {
    expect(await loadSodium()).toBe(sodium)
  })

  it('makes keys and boxes as NaCl does', () => {
    const { alice, bob, shared, nonce, plaintext, box } = example
    expect(sodium.publicKey(alice.secret)).toEqual(alice.public)
    expect(sodium.publicKey(bob.secret)).toEqual(bob.public)
    expect(sodium.sharedKey(bob.public, alice.secret)).toEqual(shared)
    expect(sodium.sharedKey(alice.public, bob.secret)).toEqual(shared)
    expect(sodium.box(shared, nonce, plaintext)).toEqual(box)
    expect(sodium.openBox(shared, nonce, box)).toEqual(plaintext)
  })

  it.each(lowOrder)('shares no key with one that is none: %#', (publicKey) => {
    expect(sodium.sharedKey(publicKey, randomBytes(32))).toBeUndefined()
  })

  /** Where pieces end, and the loops that copy. */
  const sizes = [
    0, 1, 15, 16, 31, 32, 33, 47, 48, 49, 63, 64, 65, 255, 4096, 65_536, 65_537, 65_567, 65_568,
    65_569, 131_072, 131_167, 131_168, 131_169, 200_000,
  ]

  it('makes boxes of any size as libsodium does in one go', async () => {
    const module = await load({ getRandomValue: () => 0 })
    const oneGo = module as unknown as Record<'_crypto_secretbox_easy', (...of: number[]) => number>
    const [nonceAt, keyAt] = [module._malloc(24), module._malloc(32)]
    const [plaintextAt, boxAt] = [module._malloc(200_000), module._malloc(200_016)]
    for (const size of sizes) {
      const [key, nonce, plaintext] = [randomBytes(32), randomBytes(24), randomBytes(size)]
      module.HEAPU8.set(nonce, nonceAt)
      module.HEAPU8.set(key, keyAt)
      module.HEAPU8.set(plaintext, plaintextAt)
      oneGo._crypto_secretbox_easy(boxAt, plaintextAt, size, 0, nonceAt, keyAt)
      const expected = Buffer.from(module.HEAPU8.subarray(boxAt, boxAt + size + BOX_BYTES))
      const box = sodium.box(key, nonce, plaintext)
      expect(box.equals(expected)).toBe(true)
      expect(sodium.openBox(key, nonce, box)!.equals(plaintext)).toBe(true)
    }
  })

  it.each(sizes)('opens no box of %i bytes in which a bit is another', (size) => {
    const [key, nonce] = [randomBytes(32), randomBytes(24)]
    const box = sodium.box(key, nonce, randomBytes(size))
    const places = new Set([0, 15, 16, size >> 1, box.length - 1].filter((at) => at < box.length))
    for (const at of places) {
      const changed = Buffer.from(box)
      changed[at]! ^= 1 << (at & 7)
      expect(sodium.openBox(key, nonce, changed)).toBeUndefined()
    }
    const [otherKey, otherNonce] = [Buffer.from(key), Buffer.from(nonce)]
    otherKey[31]! ^= 1
    otherNonce[23]! ^= 1
    expect(sodium.openBox(otherKey, nonce, box)).toBeUndefined()
    expect(sodium.openBox(key, otherNonce, box)).toBeUndefined()
    expect(sodium.openBox(key, nonce, box.subarray(0, -1))).toBeUndefined()
  })

  it('opens nothing that is too short for a box', () => {
    for (const size of [0, 1, 15]) {
      expect(sodium.openBox(Buffer.alloc(32), Buffer.alloc(24), Buffer.alloc(size))).toBeUndefined()
    }
  })

  it('works where bytes lie, and touches none beside them', () => {
    const place = fc.record({ size: fc.nat(300), before: fc.nat(70), after: fc.nat(70) })
    const key = randomBytes(32)
    fc.assert(
      fc.property(place, ({ size, before, after }) => {
        const nonce = randomBytes(8)
        const whole = Buffer.alloc(before + BOX_BYTES + size + after, 7)
        const original = Buffer.from(whole)
        sodium.seal(key, nonce, 0, whole, before, BOX_BYTES + size)
        const end = before + BOX_BYTES + size
        expect(whole.subarray(0, before)).toEqual(original.subarray(0, before))
        expect(whole.subarray(end)).toEqual(original.subarray(end))
        expect(sodium.open(key, nonce, 0, whole, before, BOX_BYTES + size)).toBe(true)
        expect(whole.subarray(before + BOX_BYTES)).toEqual(original.subarray(before + BOX_BYTES))
      }),
    )
  })

  it('changes nothing that it does not open', () => {
    const bytes = randomBytes(100)
    const copy = Buffer.from(bytes)
    expect(sodium.open(randomBytes(32), randomBytes(8), 0, bytes, 0, 100)).toBe(false)
    expect(bytes).toEqual(copy)
  })
})
