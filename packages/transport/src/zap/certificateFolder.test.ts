import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { saveCertificate } from './certificate.ts'
import { CertificateFolder } from './certificateFolder.ts'

const keys = {
  publicKey: 'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID',
  secretKey: 'D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs',
}

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringpost-certificates-'))
  file = join(folder, 'alice')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** As a file system would whose clock has not moved since. */
const setTime = (time: Date): void => utimesSync(folder, time, time)

it('a certificate that is deleted counts no more, also within one tick of the clock', async () => {
  const certificates = new CertificateFolder(folder)
  // In an hour: so it is not long ago, however long this takes.
  const now = new Date(Date.now() + 3_600_000)
  await saveCertificate(file, keys)
  setTime(now)
  expect(await certificates.has(keys.publicKey)).toBe(true)
  rmSync(file)
  setTime(now)
  expect(await certificates.has(keys.publicKey)).toBe(false)
})

it('a folder that was changed long ago is read once', async () => {
  const certificates = new CertificateFolder(folder)
  const longAgo = new Date(0)
  await saveCertificate(file, keys)
  setTime(longAgo)
  expect(await certificates.has(keys.publicKey)).toBe(true)
  rmSync(file)
  setTime(longAgo)
  expect(await certificates.has(keys.publicKey)).toBe(true)
})

it('a folder that could not be read is read again', async () => {
  const certificates = new CertificateFolder(folder)
  const longAgo = new Date(0)
  await saveCertificate(file, keys)
  const broken = join(folder, 'broken')
  symlinkSync(join(folder, 'nowhere'), broken)
  setTime(longAgo)
  await expect(certificates.has(keys.publicKey)).rejects.toMatchObject({ code: 'ENOENT' })
  rmSync(broken)
  setTime(longAgo)
  expect(await certificates.has(keys.publicKey)).toBe(true)
})

it('a secret key is for its owner alone, also where a file was that others could read', async () => {
  await saveCertificate(file, keys)
  chmodSync(`${file}_secret`, 0o644)
  await saveCertificate(file, keys)
  expect(statSync(`${file}_secret`).mode & 0o777).toBe(0o600)
})
