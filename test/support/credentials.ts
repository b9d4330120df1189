import { decodeZ85 } from '@ringpost/core/internal'
import { curveKeyPair } from '@ringpost/transport'

export const keys = { client: curveKeyPair(), server: curveKeyPair() }
export const alice = { username: 'alice', password: 'secret' } as const

/** What a client's options are, and its server's. */
export const mechanisms = {
  NULL: { client: {}, server: {} },
  PLAIN: {
    client: { plainUsername: alice.username, plainPassword: alice.password },
    server: { plainServer: true },
  },
  CURVE: {
    client: {
      curvePublicKey: keys.client.publicKey,
      curveSecretKey: keys.client.secretKey,
      curveServerKey: keys.server.publicKey,
    },
    server: { curveServer: true, curveSecretKey: keys.server.secretKey },
  },
} as const
export type Mechanism = keyof typeof mechanisms

/** Whom an `Authenticator` lets in: this client. */
export const rules = { plain: { [alice.username]: alice.password }, curve: [keys.client.publicKey] }

/** What a handler of ZAP is shown by this client. */
export const credentials: readonly Buffer[] = [
  Buffer.from(alice.password),
  decodeZ85(keys.client.publicKey)!,
]

/** The same in hex, for a handler in this process. */
export const admitted: ReadonlySet<string> = new Set(
  credentials.map((credential) => credential.toString('hex')),
)
