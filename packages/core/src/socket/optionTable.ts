import {
  socketTypeId,
  type OptionDefinition,
  type OptionType,
  type SocketTypeName,
} from './optionDefinition.ts'

/** What a row may say beyond its number, name and type; the rest is filled in below. */
interface Details extends Partial<Omit<OptionDefinition, 'id' | 'name' | 'type' | 'sockets'>> {
  sockets?: readonly SocketTypeName[]
}

/** The widest range of each type; texts have at least one byte unless a row says otherwise. */
const ranges = {
  bool: [0, 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [-(2 ** 63), 2 ** 63],
  // 2^64 - 1 itself is no number of JavaScript: writing it gives 2^64.
  uint64: [0, 2 ** 64],
  string: [1, 2 ** 31 - 1],
  bytes: [1, 2 ** 31 - 1],
  key: [32, 40],
} as const satisfies Record<OptionType, readonly [number, number]>

function rowsOf(type: OptionType) {
  const [minimum, maximum] = ranges[type]
  return (id: number, name: string | null, details: Details = {}): OptionDefinition => {
    const { sockets, ...rest } = details
    return {
      id,
      name,
      type,
      field: name as OptionDefinition['field'],
      access: 'readWrite',
      sockets: sockets ? new Set(sockets.map((socket) => socketTypeId[socket])) : null,
      everySocketById: false,
      immediate: false,
      minimum,
      maximum,
      nullable: false,
      choices: null,
      ...rest,
    }
  }
}

const bool = rowsOf('bool')
const int32 = rowsOf('int32')
const uint32 = rowsOf('uint32')
const int64 = rowsOf('int64')
const uint64 = rowsOf('uint64')
const string = rowsOf('string')
const bytes = rowsOf('bytes')
const key = rowsOf('key')

/** Options that ZeroMQ does not have are counted from here: its own numbers are far below. */
const own = 10_000

const writes = { access: 'write' } as const
const reads = { access: 'read' } as const
const atOnce = { immediate: true } as const
const natural = { minimum: 0 } as const
const positive = { minimum: 1 } as const
/** Numbers where -1 stands for "none", "forever" or "as the system has it". */
const fromMinusOne = { minimum: -1 } as const
const textOrNull = { nullable: true, maximum: 255 } as const
/** Messages that may be empty, which is the same as none. */
const messageOrNone = { nullable: true, minimum: 0, access: 'write' } as const

const bothWays = [
  'Pair',
  'Request',
  'Reply',
  'Dealer',
  'Router',
  'XPublisher',
  'XSubscriber',
  'Stream',
  'Server',
  'Client',
  'Datagram',
  'Peer',
  'Channel',
] as const satisfies SocketTypeName[]
const senders = {
  sockets: [...bothWays, 'Publisher', 'Push', 'Radio', 'Scatter'],
  everySocketById: true,
} as const satisfies Details
const receivers = {
  sockets: [...bothWays, 'Subscriber', 'Pull', 'Dish', 'Gather'],
  everySocketById: true,
} as const satisfies Details
const conflaters = {
  sockets: ['Pull', 'Push', 'Subscriber', 'Publisher', 'Dealer', 'Scatter', 'Gather'],
  everySocketById: true,
} as const satisfies Details
const routed = {
  sockets: ['Request', 'Reply', 'Router', 'Dealer'],
  everySocketById: true,
} as const satisfies Details
const greeters = {
  sockets: ['Dealer', 'Router', 'Client', 'Server', 'Peer'],
  everySocketById: true,
} as const satisfies Details
const losers = { sockets: ['Router', 'Server', 'Peer'], everySocketById: true } as const
const hiccupers = { sockets: ['Dealer', 'Client', 'Peer'], everySocketById: true } as const
const matchers = {
  sockets: ['Publisher', 'Subscriber', 'XPublisher'],
  everySocketById: true,
} as const satisfies Details
const topicHolders = {
  sockets: ['Publisher', 'Subscriber', 'XPublisher', 'XSubscriber'],
} as const satisfies Details
const publishers = {
  sockets: ['Publisher', 'XPublisher', 'Radio'],
} as const satisfies Details
const only = <Name extends SocketTypeName>(...sockets: Name[]) => ({ sockets })

const queues = [
  int32(23, 'sendHighWaterMark', { ...senders, ...natural, ...atOnce }),
  int32(24, 'receiveHighWaterMark', { ...receivers, ...natural, ...atOnce }),
  int32(28, 'sendTimeout', { ...senders, ...fromMinusOne, ...atOnce }),
  int32(27, 'receiveTimeout', { ...receivers, ...fromMinusOne, ...atOnce }),
  int32(17, 'linger', { ...fromMinusOne, ...atOnce }),
  bool(39, 'immediate'),
  bool(54, 'conflate', { ...conflaters, ...writes }),
  int64(22, 'maxMessageSize'),
  int64(own + 4, 'maxMultipartBytes', fromMinusOne),
  int32(101, 'inBatchSize', positive),
  int32(102, 'outBatchSize', positive),
]

const patterns = [
  bytes(5, 'routingId', { ...routed, maximum: 255 }),
  bytes(61, null, {
    ...only('Router', 'Stream'),
    ...writes,
    ...atOnce,
    field: 'connectRoutingId',
  }),
  bool(33, 'mandatory', { ...only('Router'), ...atOnce }),
  bool(51, 'probeRouter', { ...only('Router', 'Dealer', 'Request'), ...writes, ...atOnce }),
  bool(52, 'correlate', { ...only('Request'), ...writes, ...atOnce }),
  bool(53, 'relaxed', { ...only('Request'), ...writes, ...atOnce }),
  bool(56, 'handover', { ...only('Router'), ...writes, ...atOnce }),
  int32(97, 'notifyPeers', {
    ...only('Router'),
    ...natural,
    ...atOnce,
    maximum: 3,
    choices: [null, 'connect', 'disconnect', 'both'],
  }),
  bytes(6, null, { ...only('Subscriber', 'XPublisher'), ...messageOrNone, ...atOnce, field: null }),
  bytes(7, null, { ...only('Subscriber', 'XPublisher'), ...messageOrNone, ...atOnce, field: null }),
  bool(40, null, { ...only('XPublisher'), ...writes, ...atOnce, field: 'verbose' }),
  bool(78, null, { ...only('XPublisher'), ...writes, ...atOnce, field: 'verboser' }),
  bool(69, 'noDrop', { ...only('Publisher', 'XPublisher', 'Radio'), ...writes }),
  bool(71, 'manual', { ...only('XPublisher'), ...writes }),
  bool(98, 'manualLastValue', { ...only('XPublisher'), ...writes, ...atOnce }),
  bytes(72, 'welcomeMessage', { ...only('XPublisher'), ...messageOrNone }),
  bool(74, 'invertMatching', matchers),
  bool(108, 'onlyFirstSubscribe', {
    ...only('Publisher', 'XPublisher', 'XSubscriber'),
    ...writes,
    ...atOnce,
  }),
  bool(115, 'verboseUnsubscribe', { ...only('XSubscriber'), ...writes, ...atOnce }),
  int32(116, 'topicsCount', { ...topicHolders, ...reads }),
  int32(own + 1, 'maxSubscriptions', { ...publishers, ...fromMinusOne, ...atOnce }),
  int64(own + 2, 'maxSubscriptionBytes', { ...publishers, ...fromMinusOne, ...atOnce }),
  bool(73, 'notify', { ...only('Stream'), ...writes }),
  bytes(110, 'helloMessage', { ...greeters, ...messageOrNone }),
  bytes(111, 'disconnectMessage', { ...losers, ...messageOrNone }),
  bytes(114, 'hiccupMessage', { ...hiccupers, ...messageOrNone }),
]

const connections = [
  int32(18, 'reconnectInterval', fromMinusOne),
  int32(21, 'reconnectMaxInterval', natural),
  int32(109, 'reconnectStop'),
  int32(19, 'backlog', natural),
  int32(79, 'connectTimeout', natural),
  int32(66, 'handshakeInterval', natural),
  int32(75, 'heartbeatInterval', natural),
  int32(76, 'heartbeatTimeToLive', { minimum: -99, maximum: 6_553_599 }),
  int32(77, 'heartbeatTimeout', natural),
  int32(34, 'tcpKeepalive', { minimum: -1, maximum: 1 }),
  int32(35, 'tcpKeepaliveCount', fromMinusOne),
  int32(36, 'tcpKeepaliveIdle', fromMinusOne),
  int32(37, 'tcpKeepaliveInterval', fromMinusOne),
  int32(80, 'tcpMaxRetransmitTimeout', natural),
  string(38, 'tcpAcceptFilter', { ...textOrNull, ...writes }),
  bool(42, 'ipv6'),
  uint32(57, 'typeOfService', { maximum: 2 ** 31 - 1 }),
  int32(112, 'priority', natural),
  int32(113, 'busyPoll', writes),
  string(92, 'interface', { nullable: true, maximum: 16 }),
  bool(94, 'loopbackFastPath'),
  int32(89, 'useFd', fromMinusOne),
  int32(11, 'sendBufferSize', { ...senders, ...fromMinusOne }),
  int32(12, 'receiveBufferSize', { ...receivers, ...fromMinusOne }),
  string(68, 'socksProxy', { nullable: true }),
  string(99, 'socksUsername', { ...textOrNull, minimum: 0 }),
  string(100, 'socksPassword', { ...textOrNull, minimum: 0 }),
  uint64(4, 'affinity'),
  int32(8, 'rate', positive),
  int32(9, 'recoveryInterval', natural),
  int32(25, 'multicastHops', { ...senders, ...positive }),
  int32(84, 'multicastMaxTransportDataUnit', positive),
  bool(96, 'multicastLoop'),
  string(95, 'metadata', writes),
  string(103, 'wssKeyPem', { ...writes, nullable: true }),
  string(104, 'wssCertPem', { ...writes, nullable: true }),
  string(105, 'wssTrustPem', { ...writes, nullable: true }),
  string(106, 'wssHostname', { ...writes, nullable: true }),
  bool(107, 'wssTrustSystem', writes),
  string(own + 3, 'webSocketOrigins', { nullable: true }),
]

const security = [
  int32(43, 'securityMechanism', { ...reads, choices: [null, 'plain', 'curve', 'gssapi'] }),
  bool(44, 'plainServer'),
  string(45, 'plainUsername', textOrNull),
  string(46, 'plainPassword', textOrNull),
  bool(47, 'curveServer'),
  key(48, 'curvePublicKey'),
  key(49, 'curveSecretKey'),
  key(50, 'curveServerKey'),
  string(55, 'zapDomain', { maximum: 255 }),
  bool(93, 'zapEnforceDomain'),
]

const facts = [
  int32(16, 'type', reads),
  string(32, 'lastEndpoint', reads),
  bool(81, 'threadSafe', reads),
]

/**
 * Every socket option there is: libzmq's, with the ranges it accepts, under zeromq.js's names; and
 * some of our own.
 *
 * @see zmq_setsockopt(3), zmq_getsockopt(3)
 */
export const socketOptions: readonly OptionDefinition[] = [
  ...queues,
  ...patterns,
  ...connections,
  ...security,
  ...facts,
]

const byId = new Map(socketOptions.map((definition) => [definition.id, definition]))

/** The option with that number, if a socket of that type takes it by number. */
export function findSocketOption(id: number, type: number): OptionDefinition | undefined {
  const definition = byId.get(id)
  if (!definition?.sockets || definition.everySocketById) return definition
  return definition.sockets.has(type) ? definition : undefined
}
