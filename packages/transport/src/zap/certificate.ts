import { readFile } from 'node:fs/promises'
import { SocketError } from '@ringpost/core'
import { decodeZ85 } from '@ringpost/core/internal'
import { curvePublicKey } from '../mechanism/curveKeys.ts'
import { replaceFiles } from './replaceFiles.ts'
import { parseZpl } from './zpl.ts'

/** A key of CURVE, or both, as ZeroMQ's tools keep them in files. */
export interface Certificate {
  /** 40 characters of Z85. */
  readonly publicKey: string
  /** 40 characters of Z85; absent in what is given to others. */
  readonly secretKey?: string
}

const KEY_BYTES = 32
/** May read and write a file. */
const OWNER_ALONE = 0o600
/** As the process's mask says. */
const OF_THE_PROCESS = 0o666

/**
 * Reads a certificate as CZMQ and pyzmq write it: ZPL, with the keys under `curve`.
 *
 * Rejects with SocketError `EINVAL` when it is none, and with what the file system says.
 *
 * @see RFC 4/ZPL, zcert(3)
 */
export async function loadCertificate(path: string): Promise<Certificate> {
  const certificate = parseCertificate(await readFile(path, 'utf8'))
  if (certificate === undefined) throw invalid(path)
  return certificate
}

/**
 * Writes two files: the public key to `path`, to be given to others, and both keys to
 * `<path>_secret`, which its owner alone can read. Files that are there are replaced, by whole ones, and so is what
 * a link leads to; the public one keeps its mode. Calls of a process come one after the other, so that the files are
 * of one pair: that of the last call. When several processes save to one path, they may be of two; and after a power
 * cut any may be empty or old, for nothing is forced to the disk.
 *
 * Rejects with SocketError `EINVAL` when one is no key, or the two do not belong together, and with what the
 * file system says; then nothing was written.
 *
 * @see zcert_save(3)
 */
export async function saveCertificate(path: string, keys: Required<Certificate>): Promise<void> {
  checkPair(keys)
  const secret = { path: `${path}_secret`, text: textOf(keys), mode: OWNER_ALONE, keepsMode: false }
  const text = textOf({ publicKey: keys.publicKey })
  const shown = { path, text, mode: OF_THE_PROCESS, keepsMode: true }
  // Both keys are in the secret one: whoever finds it, finds a pair.
  await replaceFiles([secret, shown])
}

/** From JavaScript anything may come, and what is overwritten is gone. @throws {SocketError} `EINVAL` */
function checkPair(keys: Readonly<Partial<Record<keyof Certificate, unknown>>> | undefined): void {
  const { publicKey, secretKey } = keys ?? {}
  for (const [name, key] of Object.entries({ publicKey, secretKey })) {
    if (!isKey(key)) throw notSaved(`${name} is no key of 40 characters of Z85`)
  }
  if (curvePublicKey(secretKey as string) !== publicKey) {
    throw notSaved('the two keys do not belong together')
  }
}

/** Undefined when the text is no certificate. */
export function parseCertificate(text: string): Certificate | undefined {
  const values = parseZpl(text)
  const publicKey = values?.get('curve/public-key')
  const secretKey = values?.get('curve/secret-key')
  if (publicKey === undefined || !isKey(publicKey)) return undefined
  if (secretKey === undefined) return { publicKey }
  return isKey(secretKey) ? { publicKey, secretKey } : undefined
}

const isKey = (key: unknown): boolean =>
  typeof key === 'string' && decodeZ85(key)?.length === KEY_BYTES

function textOf({ publicKey, secretKey }: Certificate): string {
  const kind = secretKey === undefined ? 'public' : 'SECRET: show it to nobody'
  const lines = [`#   ZeroMQ CURVE certificate, ${kind}`, 'metadata', 'curve']
  lines.push(`    public-key = "${publicKey}"`)
  if (secretKey !== undefined) lines.push(`    secret-key = "${secretKey}"`)
  return `${lines.join('\n')}\n`
}

const invalid = (path: string): SocketError =>
  new SocketError('EINVAL', { message: `${path} is no CURVE certificate` })

const notSaved = (why: string): SocketError =>
  new SocketError('EINVAL', { message: `Cannot save a certificate: ${why}` })
