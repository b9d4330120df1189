import { createHash } from 'node:crypto'
import { CurveClient, type CurveClientKeys } from '../mechanism/curveClient.ts'
import type { RandomBytes } from '../mechanism/curveSecrets.ts'
import { CurveServer } from '../mechanism/curveServer.ts'
import type { Authenticator } from '../mechanism/mechanism.ts'
import type { Self } from '../mechanism/peer.ts'
import type { Sodium } from '../mechanism/sodium.ts'
import { pull, push, type Side, side } from './handshake.test-support.ts'

/** "Random" bytes that are the same in every run. */
export function predictable(seed: string): RandomBytes {
  let count = 0
  return (bytes) => {
    const hash = createHash('sha512').update(`${seed} ${count++}`).digest()
    return Buffer.from(hash.subarray(0, bytes))
  }
}

/** Keys of a client and its server. */
export interface CurveKeys {
  readonly client: CurveClientKeys
  readonly serverSecret: Buffer
}

export function curveKeys(sodium: Sodium): CurveKeys {
  const random = predictable('keys')
  const [secretKey, serverSecret] = [Buffer.from(random(32)), Buffer.from(random(32))]
  const publicKey = sodium.publicKey(secretKey)
  return {
    client: { publicKey, secretKey, serverKey: sodium.publicKey(serverSecret) },
    serverSecret,
  }
}

interface Given {
  readonly self?: Self
  readonly authenticator?: Authenticator
  /** Of what is random in it. */
  readonly seed?: string
}

export function curveClient(sodium: Sodium, keys: CurveClientKeys, given: Given = {}): Side {
  const { self = push, seed = 'client' } = given
  return side((events) => new CurveClient(self, events, keys, sodium, predictable(seed)))
}

export function curveServer(sodium: Sodium, secretKey: Uint8Array, given: Given = {}): Side {
  const { self = pull, authenticator, seed = 'server' } = given
  const random = predictable(seed)
  return side((events) => new CurveServer(self, events, secretKey, sodium, authenticator, random))
}
