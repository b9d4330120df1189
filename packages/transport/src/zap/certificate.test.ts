import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { curveKeyPair } from '../mechanism/curveKeys.ts'
import { loadCertificate, parseCertificate, saveCertificate } from './certificate.ts'
import { parseZpl } from './zpl.ts'

const publicKey = 'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID'
const secretKey = 'D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs'

/** As CZMQ writes it. */
const czmq = `#   ****  Generated on 2026-01-01 by CZMQ  ****
#   ZeroMQ CURVE **Secret** Certificate
#   DO NOT PROVIDE THIS FILE TO OTHER USERS nor change its permissions.

metadata
    email = "alice@example.com"
    name = 'Alice # the first'
curve
    public-key = "${publicKey}"
    secret-key = "${secretKey}"
`

describe('a certificate', () => {
  it('is read as CZMQ writes it', () => {
    expect(parseCertificate(czmq)).toEqual({ publicKey, secretKey })
  })

  it('may have its public key alone, bare lines and comments', () => {
    const text = `curve  # keys\r\n    # the public one\r\n    public-key = "${publicKey}" # this\r\n`
    expect(parseCertificate(text)).toEqual({ publicKey })
  })

  it.each([
    '',
    'Public keys of clients',
    `public-key = "${publicKey}"`,
    `metadata\n    public-key = "${publicKey}"`,
    'curve\n    public-key = "short"',
    `curve\n    public-key = "${publicKey}"\n    secret-key = "short"`,
    `curve\n  public-key = "${publicKey}"`,
  ])('is not %j', (text) => {
    expect(parseCertificate(text)).toBeUndefined()
  })
})

describe('saving a certificate', () => {
  const keys = { publicKey, secretKey }
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringpost-certificate-'))
    path = join(folder, 'alice')
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('writes two files and nothing else, in place of those that are there', async () => {
    await saveCertificate(path, curveKeyPair())
    await saveCertificate(path, keys)
    expect(await loadCertificate(path)).toEqual({ publicKey })
    expect(await loadCertificate(`${path}_secret`)).toEqual(keys)
    expect((await readdir(folder)).sort()).toEqual(['alice', 'alice_secret'])
  })

  it('leaves the pair of the last of many calls at once, also where one has failed', async () => {
    const pairs = Array.from({ length: 20 }, () => curveKeyPair())
    const failing = saveCertificate(join(folder, 'nowhere', 'carol'), keys)
    const saving = pairs.map((pair) => saveCertificate(path, pair))
    await expect(failing).rejects.toMatchObject({ code: 'ENOENT' })
    await Promise.all(saving)
    const { publicKey: last } = pairs.at(-1)!
    expect(await loadCertificate(path)).toEqual({ publicKey: last })
    expect(await loadCertificate(`${path}_secret`)).toEqual(pairs.at(-1))
    expect((await readdir(folder)).sort()).toEqual(['alice', 'alice_secret'])
  })

  it('replaces what links lead to, and they stay', async () => {
    const there = join(folder, 'there')
    await saveCertificate(there, curveKeyPair())
    await symlink('there', path)
    await symlink('there_secret', `${path}_secret`)
    await saveCertificate(path, keys)
    for (const ending of ['', '_secret']) {
      expect((await lstat(path + ending)).isSymbolicLink()).toBe(true)
      expect((await lstat(there + ending)).isFile()).toBe(true)
    }
    expect(await loadCertificate(there)).toEqual({ publicKey })
    expect(await loadCertificate(`${there}_secret`)).toEqual(keys)
    expect((await stat(`${there}_secret`)).mode & 0o777).toBe(0o600)
  })

  it.each([0o600, 0o666])('leaves the public file its mode, such as %o', async (mode) => {
    await saveCertificate(path, curveKeyPair())
    await chmod(path, mode)
    await saveCertificate(path, keys)
    expect((await stat(path)).mode & 0o777).toBe(mode)
    expect(await loadCertificate(path)).toEqual({ publicKey })
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no keys', {}],
    ['a public key alone', { publicKey }],
    ['a secret key alone', { secretKey }],
    ['a public key that is none', { publicKey: 'abc', secretKey }],
    ['a secret key that is none', { publicKey, secretKey: `${secretKey}00000` }],
    ['bytes', { publicKey: Buffer.alloc(32), secretKey: Buffer.alloc(32) }],
    ['keys in each other’s place', { publicKey: secretKey, secretKey: publicKey }],
    ['keys of two pairs', { publicKey: curveKeyPair().publicKey, secretKey }],
  ])('refuses %s, and leaves a pair that is there', async (_, wrong) => {
    await saveCertificate(path, keys)
    const before = await contents()
    const saving = saveCertificate(path, wrong as typeof keys)
    await expect(saving).rejects.toMatchObject({ name: 'SocketError', code: 'EINVAL' })
    await expect(saving).rejects.not.toThrow(secretKey)
    expect(await contents()).toEqual(before)
  })

  it('writes neither file where one cannot be', async () => {
    await mkdir(path)
    await expect(saveCertificate(path, keys)).rejects.toMatchObject({ code: 'EISDIR' })
    expect(await readdir(folder)).toEqual(['alice'])
    const other = join(folder, 'bob')
    await mkdir(`${other}_secret`)
    await expect(saveCertificate(other, keys)).rejects.toMatchObject({ code: 'EISDIR' })
    expect((await readdir(folder)).sort()).toEqual(['alice', 'bob_secret'])
    const nowhere = join(folder, 'nowhere', 'carol')
    await expect(saveCertificate(nowhere, keys)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  const contents = async (): Promise<string[]> =>
    Promise.all((await readdir(folder)).sort().map((name) => readFile(join(folder, name), 'utf8')))
})

describe('ZPL', () => {
  it('has values at any depth, quoted or not', () => {
    const text = 'a = 1\nb\n    c = two words \n        d = "# no comment"\ne = \'it "is"\'\n'
    expect([...parseZpl(text)!]).toEqual([
      ['a', '1'],
      ['b/c', 'two words'],
      ['b/c/d', '# no comment'],
      ['e', 'it "is"'],
    ])
  })

  it.each(['  a = 1', 'a\n        b = 1', 'a b', 'a = "open'])('is not %j', (text) => {
    expect(parseZpl(text)).toBeUndefined()
  })
})
