import { Authenticator, Dealer, Router } from '@ringpost/transport'
import type { AuthenticatorRules, Observer } from '@ringpost/transport'
import { ActorError } from '../errors.ts'
import { contextsFor } from './contexts.ts'
import type { DialEvents, Dialer, Door, Network, Outlet, Take } from './network.ts'
import type { ConnectOptions, ListenOptions } from './nodeOptions.ts'
import { timesOf } from './nodeOptions.ts'
import { Port } from './port.ts'

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

/** Ways in which a peer is not let in. */
const handshakeErrors = ['handshake:error:auth', 'handshake:error:protocol'] as const

const endedInHandshake = (): ActorError =>
  new ActorError(
    'EDENIED',
    'The other end has closed the connection in the handshake: it may have another key than was expected',
  )

const common = (maxBytes: number) => ({
  linger: LINGER_MS,
  sendHighWaterMark: HIGH_WATER_MARK,
  receiveHighWaterMark: HIGH_WATER_MARK,
  maxMessageSize: maxBytes + MORE_BYTES,
})

/** Nodes reach each other by sockets. */
export const socketNetwork: Network = {
  async listen(endpoint, options, maxBytes) {
    const door = new SocketDoor(options, maxBytes)
    try {
      await door.bind(endpoint)
    } catch (error) {
      door.close()
      throw error
    }
    return door
  },
  dial: (endpoint, options, maxBytes) => new SocketDialer(endpoint, options, maxBytes),
}

class SocketDoor implements Door {
  readonly #router: Router
  readonly #authenticator: Authenticator | undefined
  readonly #giveBack: () => void
  #isClosed = false

  /** @throws {TypeError} a key or a password is none */
  constructor(options: ListenOptions, maxBytes: number) {
    const rules = rulesOf(options)
    const contexts = contextsFor(options)
    const context = rules === undefined ? contexts.shared : contexts.take()
    this.#giveBack = () => {
      this.#authenticator?.close()
      if (rules !== undefined) contexts.giveBack(context)
    }
    try {
      if (rules !== undefined) this.#authenticator = new Authenticator({ ...rules, context })
      this.#router = new Router({
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
    } catch (error) {
      this.#giveBack()
      throw error
    }
  }

  get endpoint(): string {
    return String(this.#router.lastEndpoint)
  }

  async bind(endpoint: string): Promise<void> {
    await this.#router.bind(endpoint)
  }

  open(take: Take, taken: () => void, refused: (error: Error) => void): Outlet {
    const { events } = this.#router
    for (const type of handshakeErrors) events.on(type, ({ error }) => refused(error))
    return new ObservedPort(this.#router, take, taken)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#router.close()
    this.#giveBack()
  }
}

function rulesOf({ curve, plain }: ListenOptions): AuthenticatorRules | undefined {
  if (curve !== undefined) return { curve: curve.clients }
  if (plain !== undefined) return { plain: plain.users }
  return undefined
}

class SocketDialer implements Dialer {
  readonly #dealer: Dealer
  readonly #endpoint: string

  /** @throws {TypeError} a key is none */
  constructor(endpoint: string, options: ConnectOptions, maxBytes: number) {
    this.#dealer = dealerFor(options, maxBytes)
    this.#endpoint = endpoint
  }

  open({ connected, lost, refused, failed }: DialEvents, take: Take, taken: () => void): Outlet {
    const { events } = this.#dealer
    let isInHandshake = false
    events.on('connect', () => {
      isInHandshake = true
    })
    events.on('handshake', () => {
      isInHandshake = false
      connected()
    })
    events.on('disconnect', ({ error }) => {
      // A server that a client has the wrong key of says nothing.
      if (isInHandshake) failed(endedInHandshake())
      isInHandshake = false
      port.takeAll()
      lost(error)
    })
    events.on('handshake:error:auth', ({ error }) => refused(error))
    events.on('handshake:error:protocol', ({ error }) => refused(error))
    this.#dealer.connect(this.#endpoint)
    const port = new ObservedPort(this.#dealer, take, taken)
    return port
  }

  close(): void {
    this.#dealer.close()
  }
}

/** The events of a socket end with it. */
class ObservedPort extends Port {
  readonly #events: Observer

  constructor(socket: Dealer | Router, take: Take, taken: () => void) {
    super(socket, take, taken)
    this.#events = socket.events
  }

  override close(): void {
    super.close()
    this.#events.close()
  }
}

/** @throws {TypeError} a key is none */
function dealerFor(options: ConnectOptions, maxBytes: number): Dealer {
  const { curve, plain } = options
  return new Dealer({
    context: contextsFor(options).shared,
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
