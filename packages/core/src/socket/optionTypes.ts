import type { ConnectionOptions, MulticastOptions, TcpOptions } from './optionTypesConnection.ts'
import type { SecurityOptions } from './optionTypesSecurity.ts'

/** What a socket tells about itself. */
export interface SocketInformation {
  /** The number ZeroMQ gives to sockets of this type. Source: ZMQ_TYPE. */
  readonly type: number
  /** The last endpoint that was bound or connected; null before. Source: ZMQ_LAST_ENDPOINT. */
  readonly lastEndpoint: string | null
  /** What secures new connections; null for nothing. Source: ZMQ_MECHANISM. */
  readonly securityMechanism: null | 'plain' | 'curve' | 'gssapi'
  /** Whether libzmq lets several threads share a socket of this type. Source: ZMQ_THREAD_SAFE. */
  readonly threadSafe: boolean
}

/** Options of every socket. */
export interface CommonOptions
  extends ConnectionOptions, TcpOptions, MulticastOptions, SecurityOptions {
  /**
   * How long messages still unsent outlive `close` and `disconnect`, in milliseconds; -1 as long
   * as it takes, 0 not at all. Default -1, or 0 where the context is not blocky and for sockets
   * that only receive what they subscribed to. Takes effect at once. Source: ZMQ_LINGER.
   */
  linger: number
  /**
   * Queue messages only for peers that are there, not for connections still being made. Default
   * false. Source: ZMQ_IMMEDIATE.
   */
  immediate: boolean
  /**
   * The most bytes a frame may have that a peer sends over a wire; larger ones end the
   * connection. -1 for no limit, the default. Source: ZMQ_MAXMSGSIZE.
   */
  maxMessageSize: number
  /**
   * The most bytes that the frames of one message may have together, where it has more than one; larger
   * ones end the connection, as soon as it is known that they will be. Below 65536 it is taken for that. -1,
   * the default, for 16 times `maxMessageSize`, 16777216 at least, and no limit where a frame has none. Not an
   * option of ZeroMQ's.
   */
  maxMultipartBytes: number
  /** Bytes read from a wire at a time. Default 8192. Source: ZMQ_IN_BATCH_SIZE. */
  inBatchSize: number
  /** Bytes written to a wire at a time. Default 8192. Source: ZMQ_OUT_BATCH_SIZE. */
  outBatchSize: number
}

/** Options of sockets that send. */
export interface SendingOptions {
  /**
   * The most messages that wait for one peer; 0 for no limit. Over inproc, what the peer may have
   * waiting comes on top. Default 1000. Takes effect at once. Source: ZMQ_SNDHWM.
   */
  sendHighWaterMark: number
  /**
   * How long a send waits for room, in milliseconds, before it fails with `EAGAIN`; 0 not at all,
   * -1 as long as it takes. Default -1. Takes effect at once. Source: ZMQ_SNDTIMEO.
   */
  sendTimeout: number
  /**
   * The system's buffer for one wire, in bytes; -1 as the system has it, the default. Source:
   * ZMQ_SNDBUF.
   */
  sendBufferSize: number
  /** Routers a multicast packet may pass. Default 1. Source: ZMQ_MULTICAST_HOPS. */
  multicastHops: number
}

/** Options of sockets that receive. */
export interface ReceivingOptions {
  /**
   * The most messages from one peer that wait to be received; 0 for no limit. Over inproc, what
   * the peer may have waiting comes on top. Default 1000. Takes effect at once. Source: ZMQ_RCVHWM.
   */
  receiveHighWaterMark: number
  /**
   * How long a receive waits for a message, in milliseconds, before it fails with `EAGAIN`; 0 not
   * at all, -1 as long as it takes. Default -1. Takes effect at once. Source: ZMQ_RCVTIMEO.
   */
  receiveTimeout: number
  /**
   * The system's buffer for one wire, in bytes; -1 as the system has it, the default. Source:
   * ZMQ_RCVBUF.
   */
  receiveBufferSize: number
}

/** The option of sockets that can do with the newest message alone. */
export interface ConflatingOptions {
  /**
   * Keep only the last message for or from a peer, in place of a queue. Messages of several parts
   * are not supported then. Over inproc the socket that connects decides for both, whichever of them
   * came first. Default false. Source: ZMQ_CONFLATE.
   */
  set conflate(value: boolean)
}

/** The option of sockets that a Router can tell apart. */
export interface RoutedOptions {
  /**
   * The name by which a Router knows this socket: 1 to 255 bytes; one that starts with a zero byte
   * may meet those that Routers invent. Null lets the peer invent one, the default. Source:
   * ZMQ_ROUTING_ID.
   */
  get routingId(): string | null
  set routingId(value: string | Uint8Array | null)
}

/** The option of sockets that can announce themselves to a Router. */
export interface ProbingOptions {
  /**
   * Send one empty message on every new connection, so that a Router learns of this peer before it
   * has anything to say. Default false. Takes effect at once. Source: ZMQ_PROBE_ROUTER.
   */
  set probeRouter(value: boolean)
}

/** The option of sockets that greet. */
export interface GreetingOptions {
  /** Sent to every new peer; null for none, the default. Source: ZMQ_HELLO_MSG. */
  set helloMessage(value: string | Uint8Array | null)
}

/** The option of sockets that receive a message when a peer has gone. */
export interface FarewellOptions {
  /**
   * Received in the name of a peer that is gone; null for none, the default. Source:
   * ZMQ_DISCONNECT_MSG.
   */
  set disconnectMessage(value: string | Uint8Array | null)
}

/** The option of sockets that receive a message when a connection was lost for a while. */
export interface HiccupOptions {
  /**
   * Received when a lost connection is being made anew; null for none, the default. Source:
   * ZMQ_HICCUP_MSG.
   */
  set hiccupMessage(value: string | Uint8Array | null)
}

/** The option of sockets that select messages by their first bytes. */
export interface MatchingOptions {
  /**
   * Pass the messages that match no subscription, in place of those that do; set it on both ends.
   * Default false. Source: ZMQ_INVERT_MATCHING.
   */
  invertMatching: boolean
}

/** The option of publishing sockets that can wait. */
export interface LosslessOptions {
  /**
   * Make a send wait, or fail with `EAGAIN`, when a subscriber is at its high-water mark; without
   * it the message is dropped for that subscriber. Default false. Source: ZMQ_XPUB_NODROP.
   */
  set noDrop(value: boolean)
}

/** How much of a publisher's memory one of its peers may take. Over inproc there is no limit. */
export interface SubscriptionLimits {
  /**
   * The most topics that one peer may subscribe to, or groups that it may join; at one more it loses its
   * connection. -1 for no limit. Default 65536. Takes effect at once. Not an option of ZeroMQ's.
   */
  maxSubscriptions: number
  /**
   * The most bytes that the names of all topics may have that one peer subscribes to, or of all
   * groups that it joins; at one more it loses its connection. Also how much of what it sends upstream
   * may wait to be read. -1 for no limit. Default 4194304. Takes effect at once; for what may wait, at
   * the next bind or connect. Not an option of ZeroMQ's.
   */
  maxSubscriptionBytes: number
}

/** What sockets that hold subscriptions tell about them. */
export interface TopicInformation {
  /** The number of different topics subscribed to. Source: ZMQ_TOPICS_COUNT. */
  readonly topicsCount: number
}

/** The option of sockets that read subscriptions out of messages. */
export interface SubscriptionReadingOptions {
  /**
   * Take only the first part of a message for a subscription. Default false. Takes effect at once.
   * Source: ZMQ_ONLY_FIRST_SUBSCRIBE.
   */
  set onlyFirstSubscribe(value: boolean)
}

export interface PairOptions extends CommonOptions, SendingOptions, ReceivingOptions {}

export interface PublisherOptions
  extends
    CommonOptions,
    SendingOptions,
    ConflatingOptions,
    MatchingOptions,
    LosslessOptions,
    SubscriptionReadingOptions,
    SubscriptionLimits {}

export interface SubscriberOptions
  extends CommonOptions, ReceivingOptions, ConflatingOptions, MatchingOptions {}

export interface RequestOptions
  extends CommonOptions, SendingOptions, ReceivingOptions, RoutedOptions, ProbingOptions {
  /**
   * Number the requests, and drop replies that do not carry the number of the last one. Default
   * false. Takes effect at once. Source: ZMQ_REQ_CORRELATE.
   */
  set correlate(value: boolean)
  /**
   * Let a new request be sent before the last one is answered; its answer is then dropped. Default
   * false. Takes effect at once. Source: ZMQ_REQ_RELAXED.
   */
  set relaxed(value: boolean)
}

export interface ReplyOptions
  extends CommonOptions, SendingOptions, ReceivingOptions, RoutedOptions {}

export interface DealerOptions
  extends
    CommonOptions,
    SendingOptions,
    ReceivingOptions,
    RoutedOptions,
    ProbingOptions,
    ConflatingOptions,
    GreetingOptions,
    HiccupOptions {}

export interface RouterOptions
  extends
    CommonOptions,
    SendingOptions,
    ReceivingOptions,
    RoutedOptions,
    ProbingOptions,
    GreetingOptions,
    FarewellOptions {
  /**
   * Fail with `EHOSTUNREACH` when no peer has the routing id of a message, and wait when that peer
   * is at its high-water mark; without it such messages are dropped. Default false. Takes effect
   * at once. Source: ZMQ_ROUTER_MANDATORY.
   */
  mandatory: boolean
  /**
   * Give a routing id that is taken to the newest peer that claims it; without it the newcomer is
   * not listened to. Default false. Takes effect at once. Source: ZMQ_ROUTER_HANDOVER.
   */
  set handover(value: boolean)
  /**
   * Receive a message of a peer's routing id and an empty part when a peer comes, goes, or both.
   * Null for never, the default. Takes effect at once. Source: ZMQ_ROUTER_NOTIFY.
   */
  notifyPeers: null | 'connect' | 'disconnect' | 'both'
}

export interface PullOptions extends CommonOptions, ReceivingOptions, ConflatingOptions {}

export interface PushOptions extends CommonOptions, SendingOptions, ConflatingOptions {}

export interface XPublisherOptions
  extends
    CommonOptions,
    SendingOptions,
    ReceivingOptions,
    MatchingOptions,
    LosslessOptions,
    SubscriptionReadingOptions,
    SubscriptionLimits {
  /**
   * Leave it to the reader to make each subscription received take effect. Default false. Source:
   * ZMQ_XPUB_MANUAL.
   */
  set manual(value: boolean)
  /**
   * `manual`, and the message sent next after a subscription goes to its subscriber alone: the
   * last value of the topic. Default false. Takes effect at once. Source:
   * ZMQ_XPUB_MANUAL_LAST_VALUE.
   */
  set manualLastValue(value: boolean)
  /** Sent to every new subscriber; null for nothing, the default. Source: ZMQ_XPUB_WELCOME_MSG. */
  set welcomeMessage(value: string | Uint8Array | null)
  /**
   * Which subscriptions are received: null only what is new to the socket, `allSubs` repeated ones
   * too, `allSubsUnsubs` every cancellation as well. Default null. Takes effect at once. Source:
   * ZMQ_XPUB_VERBOSE, ZMQ_XPUB_VERBOSER.
   */
  set verbosity(value: null | 'allSubs' | 'allSubsUnsubs')
}

export interface XSubscriberOptions
  extends CommonOptions, SendingOptions, ReceivingOptions, SubscriptionReadingOptions {
  /**
   * Pass every cancellation on to the publishers, not only the last of its topic. Default false.
   * Takes effect at once. Source: ZMQ_XSUB_VERBOSE_UNSUBSCRIBE.
   */
  set verboseUnsubscribe(value: boolean)
}

export interface StreamOptions extends CommonOptions, SendingOptions, ReceivingOptions {
  /**
   * Receive an empty message when a peer connects or disconnects. Default true. Source:
   * ZMQ_STREAM_NOTIFY.
   */
  set notify(value: boolean)
}

export interface ServerOptions
  extends CommonOptions, SendingOptions, ReceivingOptions, GreetingOptions, FarewellOptions {}

export interface ClientOptions
  extends CommonOptions, SendingOptions, ReceivingOptions, GreetingOptions, HiccupOptions {}

export interface RadioOptions
  extends CommonOptions, SendingOptions, LosslessOptions, SubscriptionLimits {}

export interface DishOptions extends CommonOptions, ReceivingOptions {}

export interface GatherOptions extends CommonOptions, ReceivingOptions, ConflatingOptions {}

export interface ScatterOptions extends CommonOptions, SendingOptions, ConflatingOptions {}

export interface DatagramOptions extends CommonOptions, SendingOptions, ReceivingOptions {}

export interface PeerOptions
  extends
    CommonOptions,
    SendingOptions,
    ReceivingOptions,
    GreetingOptions,
    FarewellOptions,
    HiccupOptions {}

export interface ChannelOptions extends CommonOptions, SendingOptions, ReceivingOptions {}

/** Options that take bytes as well as text, though they are read as text. */
type BinaryOption =
  | 'routingId'
  | 'helloMessage'
  | 'disconnectMessage'
  | 'hiccupMessage'
  | 'welcomeMessage'
  | 'curvePublicKey'
  | 'curveSecretKey'
  | 'curveServerKey'

/** Any of a socket's options, to be set when it is made. */
export type Settings<Options> = {
  [Name in keyof Options]?: Name extends BinaryOption ? Options[Name] | Uint8Array : Options[Name]
}
