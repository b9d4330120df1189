import { readdirSync, readFileSync } from 'node:fs'
import type { MechanismName } from '../mechanism/mechanism.ts'
import type { ZmtpVersion } from '../wire/version.ts'

interface KeyPair {
  readonly publicKey: string
  readonly secretKey: string
}

/** What two sockets of libzmq said to each other, byte by byte. */
export interface Session {
  /** Its file, without the ending. */
  readonly name: string
  readonly recordedWith: { readonly binding: string; readonly libzmq: string }
  readonly version: ZmtpVersion
  readonly conversation: string
  readonly mechanism: MechanismName
  /** In Z85; with CURVE. */
  readonly keys?: { readonly client: KeyPair; readonly server: KeyPair }
  readonly fromClient: Buffer
  readonly fromServer: Buffer
  /** What the applications got. */
  readonly received: { readonly client: Buffer[][]; readonly server: Buffer[][] }
}

/** A session as it lies in its file: bytes in hex. */
interface Recorded extends Omit<Session, 'name' | 'fromClient' | 'fromServer' | 'received'> {
  readonly fromClient: string
  readonly fromServer: string
  readonly received: { readonly client: string[][]; readonly server: string[][] }
}

const folder = new URL('sessions/', import.meta.url)

/** All that were recorded by `test/captures/record.ts`. */
export const sessions: readonly Session[] = readdirSync(folder, {
  recursive: true,
  encoding: 'utf8',
})
  .filter((file) => file.endsWith('.json'))
  .map((file) => read(file))

function read(file: string): Session {
  const recorded = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Recorded
  const { client, server } = recorded.received
  return {
    ...recorded,
    name: file.replaceAll('\\', '/').replace('.json', ''),
    fromClient: bytesOf(recorded.fromClient),
    fromServer: bytesOf(recorded.fromServer),
    received: {
      client: client.map((message) => message.map(bytesOf)),
      server: server.map((message) => message.map(bytesOf)),
    },
  }
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex, 'hex')
}
