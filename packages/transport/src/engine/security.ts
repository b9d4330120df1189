import { SocketError } from '@ringpost/core'
import { securityMechanism, type Site } from '@ringpost/core/internal'
import { CurveClient } from '../mechanism/curveClient.ts'
import { CurveServer } from '../mechanism/curveServer.ts'
import type { HandshakeEvents, Mechanism, MechanismName } from '../mechanism/mechanism.ts'
import { NullMechanism } from '../mechanism/nullMechanism.ts'
import type { Self } from '../mechanism/peer.ts'
import { PlainClient } from '../mechanism/plainClient.ts'
import { PlainServer } from '../mechanism/plainServer.ts'
import { loadSodium } from '../mechanism/sodium.ts'
import { zapAuthenticator } from '../zap/zapClient.ts'

/**
 * Makes one connection's side of the handshake; later, where something has to be loaded first.
 *
 * @param address of the peer
 */
export type MakeMechanism = (
  events: HandshakeEvents,
  address: string,
) => Mechanism | Promise<Mechanism>

/** How the connections of one endpoint are secured. */
export interface Security {
  readonly name: MechanismName
  readonly isServer: boolean
  /** Whether anybody may come in, so that peers that know no security may, too. */
  readonly isOpen: boolean
  readonly make: MakeMechanism
}

/**
 * As the socket's options say. When ZAP is asked about a peer, and who comes in while nobody has
 * bound its name:
 *
 * | side         | asked                                          | without a handler                |
 * | ------------ | ---------------------------------------------- | -------------------------------- |
 * | NULL         | if there is a `zapDomain`                      | all, but for `zapEnforceDomain`  |
 * | PLAIN server | always                                         | nobody                           |
 * | CURVE server | always; for `zapEnforceDomain` if there is one | all, but for `zapEnforceDomain`  |
 * | clients      | never                                          |                                  |
 *
 * @throws {SocketError} `EINVAL`: a key is missing, or a name or password is too long
 * @see ZMQ_ZAP_DOMAIN, ZMQ_ZAP_ENFORCE_DOMAIN in zmq_setsockopt(3); libzmq 4.3.5, curve_server.cpp
 */
export function securityOf(site: Site, self: Self): Security {
  switch (site.options.securityMechanism) {
    case securityMechanism.plain:
      return plain(site, self)
    case securityMechanism.curve:
      return curve(site, self)
    default:
      return none(site, self)
  }
}

/** @see RFC 24/ZMTP-PLAIN */
const LONGEST_CREDENTIAL_BYTES = 255

const hasDomain = ({ options }: Site): boolean => (options.zapDomain ?? '') !== ''

function none(site: Site, self: Self): Security {
  const isOpen = !hasDomain(site)
  const ask = isOpen ? undefined : zapAuthenticator(site, site.options.zapEnforceDomain)
  return {
    name: 'NULL',
    isServer: false,
    isOpen,
    make: (events, address) => new NullMechanism(self, events, ask?.(address)),
  }
}

function plain(site: Site, self: Self): Security {
  const { plainServer, plainUsername, plainPassword } = site.options
  const ask = zapAuthenticator(site, true)
  const credentials = { username: plainUsername ?? '', password: plainPassword ?? '' }
  requireShort(credentials.username, 'plainUsername')
  requireShort(credentials.password, 'plainPassword')
  return {
    name: 'PLAIN',
    isServer: plainServer,
    isOpen: false,
    make: plainServer
      ? (events, address) => new PlainServer(self, events, ask(address))
      : (events) => new PlainClient(self, events, credentials),
  }
}

function curve(site: Site, self: Self): Security {
  const { curveServer } = site.options
  return {
    name: 'CURVE',
    isServer: curveServer,
    isOpen: false,
    make: curveServer ? curveServers(site, self) : curveClients(site, self),
  }
}

function curveServers(site: Site, self: Self): MakeMechanism {
  const { curveSecretKey, zapEnforceDomain } = site.options
  const secretKey = required(curveSecretKey, 'curveSecretKey')
  const isAsked = hasDomain(site) || !zapEnforceDomain
  const ask = isAsked ? zapAuthenticator(site, zapEnforceDomain) : undefined
  return async (events, address) =>
    new CurveServer(self, events, secretKey, await loadSodium(), ask?.(address))
}

function curveClients({ options }: Site, self: Self): MakeMechanism {
  const keys = {
    publicKey: required(options.curvePublicKey, 'curvePublicKey'),
    secretKey: required(options.curveSecretKey, 'curveSecretKey'),
    serverKey: required(options.curveServerKey, 'curveServerKey'),
  }
  return async (events) => new CurveClient(self, events, keys, await loadSodium())
}

/** What an option was given as other bytes than UTF-8 has grown. */
function requireShort(text: string, name: string): void {
  if (Buffer.byteLength(text) <= LONGEST_CREDENTIAL_BYTES) return
  throw new SocketError('EINVAL', {
    message: `Invalid argument: ${name} has more than ${LONGEST_CREDENTIAL_BYTES} bytes in UTF-8`,
  })
}

/** libzmq would take zeros, with which a client never comes in, and everybody can be the server. */
function required(key: Uint8Array | null, name: string): Uint8Array {
  if (key !== null) return key
  throw new SocketError('EINVAL', { message: `Invalid argument: CURVE needs ${name}` })
}
