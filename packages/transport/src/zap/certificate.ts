import { open, readFile, writeFile } from 'node:fs/promises'
import { SocketError } from '@ringpost/core'
import { decodeZ85 } from '@ringpost/core/internal'
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
 * `<path>_secret`, which its owner alone can read.
 *
 * Rejects with what the file system says.
 *
 * @see zcert_save(3)
 */
export async function saveCertificate(path: string, keys: Required<Certificate>): Promise<void> {
  await writeFile(path, textOf({ publicKey: keys.publicKey }))
  await writeSecret(`${path}_secret`, textOf(keys))
}

async function writeSecret(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', OWNER_ALONE)
  try {
    // A file that was there has the mode that it had.
    await file.chmod(OWNER_ALONE)
    await file.writeFile(text)
  } finally {
    await file.close()
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

const isKey = (text: string): boolean => decodeZ85(text)?.length === KEY_BYTES

function textOf({ publicKey, secretKey }: Certificate): string {
  const kind = secretKey === undefined ? 'public' : 'SECRET: show it to nobody'
  const lines = [`#   ZeroMQ CURVE certificate, ${kind}`, 'metadata', 'curve']
  lines.push(`    public-key = "${publicKey}"`)
  if (secretKey !== undefined) lines.push(`    secret-key = "${secretKey}"`)
  return `${lines.join('\n')}\n`
}

const invalid = (path: string): SocketError =>
  new SocketError('EINVAL', { message: `${path} is no CURVE certificate` })
