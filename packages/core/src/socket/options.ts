import { SocketError } from '../errors.ts'
import { socketTypeId, type OptionDefinition } from './optionDefinition.ts'
import { decodeOptionValue, encodeOptionValue } from './optionValue.ts'
import { originList } from './origins.ts'

/** Values of `securityMechanism`. */
export const securityMechanism = { none: 0, plain: 1, curve: 2, gssapi: 3 } as const

/** Bits of `notifyPeers`. */
export const peerNotification = { connect: 1, disconnect: 2 } as const

/** What a new socket takes over from its context. */
export interface InheritedOptions {
  /** False makes sockets drop on close, unless they are told to linger. */
  blocky?: boolean
  ipv6?: boolean
}

const receivesSubscribed: ReadonlySet<number> = new Set([
  socketTypeId.Subscriber,
  socketTypeId.XSubscriber,
  socketTypeId.Dish,
])
const threadSafe: ReadonlySet<number> = new Set([
  socketTypeId.Server,
  socketTypeId.Client,
  socketTypeId.Radio,
  socketTypeId.Dish,
  socketTypeId.Gather,
  socketTypeId.Scatter,
  socketTypeId.Peer,
  socketTypeId.Channel,
])

/**
 * The options of one socket, each a plain field with its default, so that reading one costs a
 * property read. Writing goes through `write`, which validates.
 *
 * The fields hold what `OptionType` says they keep; their meaning is told where users set them, in
 * the interfaces of `optionTypes.ts`.
 */
export class SocketOptions {
  readonly type: number
  readonly threadSafe: boolean
  lastEndpoint: string | null = null

  sendHighWaterMark = 1000
  receiveHighWaterMark = 1000
  sendTimeout = -1
  receiveTimeout = -1
  linger: number
  immediate = false
  conflate = false
  maxMessageSize = -1
  maxMultipartBytes = -1
  inBatchSize = 8192
  outBatchSize = 8192

  routingId: Buffer | null = null
  /** The routing id the next connection's peer is known by; whoever connects takes it away. */
  connectRoutingId: Buffer | null = null
  mandatory = false
  probeRouter = false
  correlate = false
  relaxed = false
  handover = false
  notifyPeers = 0
  /** Pass repeated subscriptions on to the reader. */
  verboseSubscriptions = false
  /** Pass every cancellation on, not only the last of its topic. */
  verboseUnsubscriptions = false
  noDrop = false
  manual = false
  /** In manual mode: the next message after a subscription is for its subscriber alone. */
  sendsLastValue = false
  welcomeMessage: Buffer | null = null
  invertMatching = false
  onlyFirstSubscribe = false
  verboseUnsubscribe = false
  topicsCount = 0
  maxSubscriptions = 65_536
  maxSubscriptionBytes = 4_194_304
  notify = true
  helloMessage: Buffer | null = null
  disconnectMessage: Buffer | null = null
  hiccupMessage: Buffer | null = null

  reconnectInterval = 100
  reconnectMaxInterval = 0
  reconnectStop = 0
  backlog = 100
  connectTimeout = 0
  handshakeInterval = 30_000
  heartbeatInterval = 0
  heartbeatTimeout = -1
  tcpKeepalive = -1
  tcpKeepaliveCount = -1
  tcpKeepaliveIdle = -1
  tcpKeepaliveInterval = -1
  tcpMaxRetransmitTimeout = 0
  /** Addresses and networks that may connect; empty for all. */
  readonly tcpAcceptFilters: string[] = []
  ipv6: boolean
  typeOfService = 0
  priority = 0
  busyPoll = 0
  interface: string | null = null
  loopbackFastPath = false
  useFd = -1
  sendBufferSize = -1
  receiveBufferSize = -1
  socksProxy: string | null = null
  socksUsername: string | null = null
  socksPassword: string | null = null
  affinity = 0
  rate = 100
  recoveryInterval = 10_000
  multicastHops = 1
  multicastMaxTransportDataUnit = 1500
  multicastLoop = true
  /** The application's own properties, sent with the handshake. */
  readonly applicationMetadata: Map<string, string> = new Map()
  wssKeyPem: string | null = null
  wssCertPem: string | null = null
  wssTrustPem: string | null = null
  wssHostname: string | null = null
  wssTrustSystem = false

  securityMechanism: number = securityMechanism.none
  zapDomain: string | null = null
  zapEnforceDomain = false

  #isSecurityServer = false
  #heartbeatTimeToLive = 0
  #webSocketOrigins: string | null = null
  #plainUsername: string | null = null
  #plainPassword: string | null = null
  #curvePublicKey: Buffer | null = null
  #curveSecretKey: Buffer | null = null
  #curveServerKey: Buffer | null = null

  constructor(type: number, inherited: InheritedOptions = {}) {
    this.type = type
    this.threadSafe = threadSafe.has(type)
    // Subscriptions still on their way need not outlive their socket.
    this.linger = inherited.blocky === false || receivesSubscribed.has(type) ? 0 : -1
    this.ipv6 = inherited.ipv6 ?? false
  }

  /** The value as users see it: see `OptionType`. */
  read(definition: OptionDefinition): unknown {
    if (definition.field === null) return undefined
    return decodeOptionValue(definition.type, Reflect.get(this, definition.field))
  }

  /**
   * Validates and keeps a value, and returns it as it is kept.
   *
   * @throws {TypeError} it is of another type
   * @throws {SocketError} `EINVAL`: out of range, or not possible with the other options
   */
  write(definition: OptionDefinition, value: unknown): unknown {
    const kept = encodeOptionValue(definition, value)
    if (definition.field !== null) Reflect.set(this, definition.field, kept)
    return kept
  }

  set verbose(value: boolean) {
    this.verboseSubscriptions = value
    this.verboseUnsubscriptions = false
  }

  set verboser(value: boolean) {
    this.verboseSubscriptions = value
    this.verboseUnsubscriptions = value
  }

  set manualLastValue(value: boolean) {
    this.manual = value
    this.sendsLastValue = value
  }

  get heartbeatTimeToLive(): number {
    return this.#heartbeatTimeToLive
  }
  /** Peers are told in tenths of a second, so no more than that is kept. */
  set heartbeatTimeToLive(milliseconds: number) {
    this.#heartbeatTimeToLive = Math.trunc(milliseconds / 100) * 100 + 0
  }

  /** Adds a filter; null removes all. */
  set tcpAcceptFilter(value: string | null) {
    if (value === null) this.tcpAcceptFilters.length = 0
    else if (isNetwork(value, this.ipv6)) this.tcpAcceptFilters.push(value)
    else throw new SocketError('EINVAL')
  }

  get webSocketOrigins(): string | null {
    return this.#webSocketOrigins
  }
  set webSocketOrigins(value: string | null) {
    this.#webSocketOrigins = value === null ? null : originList(value)
  }

  /** Adds one property, `X-name:value`. */
  set metadata(value: string) {
    const parts = /^(X-[^:]*):(.+)$/s.exec(value)
    const name = parts?.[1]
    const text = parts?.[2]
    if (name === undefined || text === undefined || Buffer.byteLength(name) > 255) {
      throw new SocketError('EINVAL')
    }
    if (!this.applicationMetadata.has(name)) this.applicationMetadata.set(name, text)
  }

  // The mechanism follows from the order in which its options are set, the last one deciding.

  get plainServer(): boolean {
    return this.#isSecurityServer && this.securityMechanism === securityMechanism.plain
  }
  set plainServer(value: boolean) {
    this.#isSecurityServer = value
    this.securityMechanism = value ? securityMechanism.plain : securityMechanism.none
  }

  get plainUsername(): string | null {
    return this.#plainUsername
  }
  set plainUsername(value: string | null) {
    this.#plainUsername = value
    this.#setPlainClient(value !== null)
  }

  get plainPassword(): string | null {
    return this.#plainPassword
  }
  set plainPassword(value: string | null) {
    this.#plainPassword = value
    this.#setPlainClient(value !== null)
  }

  get curveServer(): boolean {
    return this.#isSecurityServer && this.securityMechanism === securityMechanism.curve
  }
  set curveServer(value: boolean) {
    this.#isSecurityServer = value
    this.securityMechanism = value ? securityMechanism.curve : securityMechanism.none
  }

  get curvePublicKey(): Buffer | null {
    return this.#curvePublicKey
  }
  set curvePublicKey(value: Buffer) {
    this.#curvePublicKey = value
    this.securityMechanism = securityMechanism.curve
  }

  get curveSecretKey(): Buffer | null {
    return this.#curveSecretKey
  }
  set curveSecretKey(value: Buffer) {
    this.#curveSecretKey = value
    this.securityMechanism = securityMechanism.curve
  }

  get curveServerKey(): Buffer | null {
    return this.#curveServerKey
  }
  set curveServerKey(value: Buffer) {
    this.#curveServerKey = value
    this.#isSecurityServer = false
    this.securityMechanism = securityMechanism.curve
  }

  #setPlainClient(isClient: boolean): void {
    if (isClient) this.#isSecurityServer = false
    this.securityMechanism = isClient ? securityMechanism.plain : securityMechanism.none
  }
}

const byte = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const ipv4Network = new RegExp(`^${byte}(?:\\.${byte}){3}(?:/(\\d+))?$`)
const ipv6Network = /^(?:\[([\da-f:.]+)\]|([\da-f:.]+))(?:\/(\d+))?$/i

/** Whether the text is an address, or a network like `10.0.0.0/8`, of a family that is in use. */
function isNetwork(text: string, ipv6: boolean): boolean {
  const ipv4 = ipv4Network.exec(text)
  if (ipv4) return Number(ipv4[1] ?? 0) <= 32
  const parts = ipv6 ? ipv6Network.exec(text) : null
  if (!parts || Number(parts[3] ?? 0) > 128) return false
  // A host of this form is an IPv6 address or no URL.
  return URL.canParse(`http://[${parts[1] ?? parts[2]}]/`)
}
