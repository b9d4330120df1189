import { Authenticator, Context, Dealer, Router } from '@ringpost/transport'
import type { AuthenticatorRules } from '@ringpost/transport'
import type { ConnectOptions, ListenOptions } from './nodeOptions.ts'
import { timesOf } from './nodeOptions.ts'

/** What may wait for one peer, and from it, in messages of the socket. */
const HIGH_WATER_MARK = 64
/** How long a goodbye may take. */
const LINGER_MS = 500
/** A message of the socket may be a little larger than one of a node, of which it may carry several. */
const MORE_BYTES = 64 * 1024
const RECONNECT_MS = 50
const RECONNECT_MOST_MS = 2000
/** The domain that authenticators are asked about, so that they are asked at all. */
const DOMAIN = 'ringpost.actors'

/** Apart from the program's own sockets, and from their authenticator. */
let context: Context | undefined
const nodesContext = (): Context => (context ??= new Context())

const common = (maxBytes: number) => ({
  linger: LINGER_MS,
  sendHighWaterMark: HIGH_WATER_MARK,
  receiveHighWaterMark: HIGH_WATER_MARK,
  maxMessageSize: maxBytes + MORE_BYTES,
})

/** A socket that other nodes connect to. */
export interface Door {
  readonly router: Router
  close(): void
}

/** @throws {TypeError} a key or a password is none */
export function openDoor(options: ListenOptions, maxBytes: number): Door {
  const rules = rulesOf(options)
  // A context has one authenticator, and each door its own rules.
  const context = rules === undefined ? nodesContext() : new Context()
  const authenticator = rules === undefined ? undefined : new Authenticator({ ...rules, context })
  const router = new Router({
    context,
    ...common(maxBytes),
    ...timesOf(options).heartbeat,
    mandatory: true,
    notifyPeers: 'disconnect',
    ...(options.plain !== undefined && { plainServer: true }),
    ...(options.curve !== undefined && {
      curveServer: true,
      curveSecretKey: options.curve.secretKey,
    }),
    ...(rules !== undefined && { zapDomain: DOMAIN, zapEnforceDomain: true }),
  })
  return {
    router,
    close: () => {
      router.close()
      authenticator?.close()
    },
  }
}

function rulesOf({ curve, plain }: ListenOptions): AuthenticatorRules | undefined {
  if (curve !== undefined) return { curve: curve.clients }
  if (plain !== undefined) return { plain: plain.users }
  return undefined
}

/** A socket that connects to another node, not connected yet. @throws {TypeError} a key is none */
export function dealerFor(options: ConnectOptions, maxBytes: number): Dealer {
  const { curve, plain } = options
  return new Dealer({
    context: nodesContext(),
    ...common(maxBytes),
    ...timesOf(options).heartbeat,
    // What was meant for one connection is not for the next.
    immediate: true,
    reconnectInterval: RECONNECT_MS,
    reconnectMaxInterval: RECONNECT_MOST_MS,
    ...(plain !== undefined && { plainUsername: plain.username, plainPassword: plain.password }),
    ...(curve !== undefined && {
      curveServerKey: curve.serverKey,
      curvePublicKey: curve.publicKey,
      curveSecretKey: curve.secretKey,
    }),
  })
}
