import { isUtf8 } from 'node:buffer'
import { decodeZ85, encodeZ85 } from '@ringpost/core/internal'
import { CertificateFolder } from './certificateFolder.ts'
import { Networks } from './networks.ts'
import { Passwords } from './passwords.ts'
import type { ZapRequest } from './zapMessage.ts'

/** What is known of a peer beside its credentials. */
export interface PeerDescription {
  /** The server's `zapDomain`; empty for none. */
  readonly domain: string
  /** Its IP address; `localhost` over ipc. */
  readonly address: string
}

/** Who may come in. What is not mentioned does not matter; but nobody logs in without a rule. */
export interface AuthenticatorRules {
  /**
   * Addresses and networks that may come in, and no others: `127.0.0.1`, `10.0.0.0/8`, `fe80::/10`,
   * and `localhost` for ipc. Default all.
   */
  readonly allow?: Iterable<string>
  /** Those that may not, whatever else is said. Default none. */
  readonly deny?: Iterable<string>
  /** The passwords of PLAIN by names, or who decides. Default nobody. */
  readonly plain?:
    | ReadonlyMap<string, string>
    | Readonly<Record<string, string>>
    | ((username: string, password: string, peer: PeerDescription) => boolean | Promise<boolean>)
  /**
   * The public keys of CURVE clients, 32 bytes or 40 characters of Z85; or `any`; or a folder of
   * certificates; or who decides by the key in Z85. Default nobody.
   */
  readonly curve?:
    | 'any'
    | readonly (string | Uint8Array)[]
    | ReadonlySet<string | Uint8Array>
    | { readonly folder: string }
    | ((publicKey: string, peer: PeerDescription) => boolean | Promise<boolean>)
}

/** Who a peer is, or why it may not come in. */
export type Decision =
  | { readonly accepted: true; readonly userId: string }
  | { readonly accepted: false; readonly text: string }

type KnowsPassword = (
  username: string,
  password: string,
  peer: PeerDescription,
) => boolean | Promise<boolean>
type KnowsKey = (publicKey: string, peer: PeerDescription) => boolean | Promise<boolean>

const KEY_BYTES = 32

/** What an authenticator goes by, in one domain. */
export class Rules {
  readonly #allowed: Networks | undefined
  readonly #denied: Networks
  readonly #knowsPassword: KnowsPassword
  readonly #knowsKey: KnowsKey

  /** @throws {TypeError} an unknown rule, or one of a wrong type; an address, a password or a key that is none */
  constructor(rules: AuthenticatorRules) {
    checkOptions(rules)
    const { allow, deny = [], plain = {}, curve = [], ...others } = rules
    for (const name in others) throw new TypeError(`Unknown option ${JSON.stringify(name)}`)
    if (allow !== undefined) checkNetworks(allow, 'allow')
    checkNetworks(deny, 'deny')
    this.#allowed = allow === undefined ? undefined : new Networks(allow)
    this.#denied = new Networks(deny)
    this.#knowsPassword = passwordRule(plain)
    this.#knowsKey = keyRule(curve)
  }

  /** Rejects as those who decide do. */
  async decide({ domain, address, mechanism, credentials }: ZapRequest): Promise<Decision> {
    if (this.#denied.has(address) || this.#allowed?.has(address) === false) {
      return refusal('its address')
    }
    const peer = { domain, address }
    switch (mechanism) {
      case 'NULL':
        return { accepted: true, userId: '' }
      case 'PLAIN':
        return this.#decideByPassword(credentials, peer)
      case 'CURVE':
        return this.#decideByKey(credentials, peer)
      default:
        return refusal('its mechanism')
    }
  }

  async #decideByPassword(
    credentials: readonly Buffer[],
    peer: PeerDescription,
  ): Promise<Decision> {
    // Bytes that are no UTF-8 would all be the same text.
    if (credentials.length !== 2 || !credentials.every((each) => isUtf8(each))) {
      return refusal('its credentials')
    }
    const [username, password] = credentials.map(String) as [string, string]
    if (await this.#knowsPassword(username, password, peer)) {
      return { accepted: true, userId: username }
    }
    return refusal('its name or password')
  }

  async #decideByKey([key]: readonly Buffer[], peer: PeerDescription): Promise<Decision> {
    if (key?.length !== KEY_BYTES) return refusal('its credentials')
    const publicKey = encodeZ85(key)
    if (await this.#knowsKey(publicKey, peer)) return { accepted: true, userId: publicKey }
    return refusal('its key')
  }
}

const refusal = (what: string): Decision => ({ accepted: false, text: `not let in by ${what}` })

/**
 * What is run through otherwise than by its names would seem to say nothing.
 *
 * @throws {TypeError} it is no object of options
 */
export function checkOptions(options: object, name = 'Options'): void {
  if (typeof options !== 'object' || options === null || Symbol.iterator in options) {
    throw new TypeError(`${name} must be an object`)
  }
}

function checkNetworks(networks: Iterable<string>, name: string): void {
  if (typeof networks !== 'object' || networks === null || !(Symbol.iterator in networks)) {
    throw new TypeError(`${name} must be a list of addresses and networks`)
  }
}

function passwordRule(plain: NonNullable<AuthenticatorRules['plain']>): KnowsPassword {
  if (typeof plain === 'function') return plain
  if (!(plain instanceof Map)) checkOptions(plain, 'plain')
  const entries = plain instanceof Map ? plain.entries() : Object.entries(plain)
  const passwords = new Passwords(entries as Iterable<[string, string]>)
  return (username, password) => passwords.match(username, password)
}

function keyRule(curve: NonNullable<AuthenticatorRules['curve']>): KnowsKey {
  if (typeof curve === 'function') return curve
  if (curve === 'any') return () => true
  // One key is run through as its characters or bytes.
  if (typeof curve !== 'object' || curve === null || curve instanceof Uint8Array) throw notKeys()
  if ('folder' in curve) {
    const { folder: path, ...others } = curve
    if (typeof path !== 'string' || Object.keys(others).length > 0) throw notKeys()
    const folder = new CertificateFolder(path)
    return (publicKey) => folder.has(publicKey)
  }
  if (!(Symbol.iterator in curve)) throw notKeys()
  const keys = new Set([...curve].map(keyText))
  return (publicKey) => keys.has(publicKey)
}

const notKeys = (): TypeError =>
  new TypeError("curve must be an array or a Set of keys, 'any', { folder } or a function")

function keyText(key: string | Uint8Array): string {
  const bytes = typeof key === 'string' ? decodeZ85(key) : key
  if (!(bytes instanceof Uint8Array) || bytes.length !== KEY_BYTES) throw notAKey()
  return encodeZ85(bytes)
}

const notAKey = (): TypeError => new TypeError('A key is 32 bytes, or 40 characters of Z85')
