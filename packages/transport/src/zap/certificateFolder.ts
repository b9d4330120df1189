import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCertificate } from './certificate.ts'

/**
 * Within so long after a change, another one may have the same time: clocks of file systems are coarse,
 * that of FAT the most.
 */
const CLOCK_MS = 2000

/** What was in the folder when it had been changed at that time, in nanoseconds. */
interface Reading {
  readonly changedAt: bigint
  readonly keys: Promise<ReadonlySet<string>>
  /** Whether it stands as long as the folder has this time. */
  isLasting: boolean
}

/**
 * The public keys of the certificates in a folder. They are read again when a file has come or gone:
 * to let somebody in, put a certificate there; to refuse, delete it.
 *
 * Files that are no certificates, and those that hold secret keys too (`*_secret`), do not count.
 */
export class CertificateFolder {
  readonly #path: string
  #reading: Reading | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** Rejects with what the file system says. */
  async has(publicKey: string): Promise<boolean> {
    const { mtimeNs } = await stat(this.#path, { bigint: true })
    let reading = this.#reading
    if (reading?.changedAt !== mtimeNs || !reading.isLasting) {
      reading = this.#begin(mtimeNs)
      this.#reading = reading
    }
    return (await reading.keys).has(publicKey)
  }

  #begin(changedAt: bigint): Reading {
    const isOld = Date.now() - Number(changedAt / 1_000_000n) > CLOCK_MS
    // As long as it is under way it is for all that ask: many may, and a folder may be large.
    const reading = { changedAt, keys: this.#read(), isLasting: true }
    const end = (isLasting: boolean): void => {
      reading.isLasting = isLasting
    }
    // After a failure it may go better the next time.
    reading.keys.then(
      () => end(isOld),
      () => end(false),
    )
    return reading
  }

  async #read(): Promise<ReadonlySet<string>> {
    const entries = await readdir(this.#path, { withFileTypes: true })
    const names = entries.filter((entry) => !entry.isDirectory() && !entry.name.endsWith('_secret'))
    const keys = new Set<string>()
    // One after the other: a folder may hold more files than a process may open.
    for (const { name } of names) {
      const certificate = parseCertificate(await readFile(join(this.#path, name), 'utf8'))
      if (certificate !== undefined) keys.add(certificate.publicKey)
    }
    return keys
  }
}
