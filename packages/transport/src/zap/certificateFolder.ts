import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCertificate } from './certificate.ts'

/**
 * The public keys of the certificates in a folder. They are read again when a file has come or gone:
 * to let somebody in, put a certificate there; to refuse, delete it.
 *
 * Files that are no certificates, and those that hold secret keys too (`*_secret`), do not count.
 */
export class CertificateFolder {
  readonly #path: string
  #keys: Promise<ReadonlySet<string>> | undefined
  /** When the folder was changed last, in nanoseconds. */
  #changedAt: bigint | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** Rejects with what the file system says. */
  async has(publicKey: string): Promise<boolean> {
    const { mtimeNs } = await stat(this.#path, { bigint: true })
    if (this.#keys === undefined || mtimeNs !== this.#changedAt) {
      this.#changedAt = mtimeNs
      this.#keys = this.#read()
    }
    const keys = this.#keys
    try {
      return (await keys).has(publicKey)
    } catch (error) {
      // It may go better the next time.
      if (this.#keys === keys) this.#keys = undefined
      throw error
    }
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
