/** How connections are made, kept and given up. Over inproc they have no meaning. */
export interface ConnectionOptions {
  /**
   * How long to wait before a lost or failed connection is tried again, in milliseconds, plus as
   * much again at random; -1 never tries again. Default 100. Source: ZMQ_RECONNECT_IVL.
   */
  reconnectInterval: number
  /**
   * Up to where the waiting doubles from try to try, in milliseconds; 0 keeps it as it is, the
   * default. Source: ZMQ_RECONNECT_IVL_MAX.
   */
  reconnectMaxInterval: number
  /**
   * When to give up trying again, a sum of: 1 the connection was refused, 2 the peer left in the
   * handshake or did not come to its end in time, 4 after `disconnect`, even if there is something left to be
   * sent. Default 0, though who breaks the protocol is never tried again. Source: ZMQ_RECONNECT_STOP.
   */
  reconnectStop: number
  /** The most connections waiting to be accepted. Default 100. Source: ZMQ_BACKLOG. */
  backlog: number
  /**
   * How long to wait for a connection, in milliseconds; 0 as long as the system does, the default.
   * Source: ZMQ_CONNECT_TIMEOUT.
   */
  connectTimeout: number
  /**
   * How long a handshake may take, in milliseconds; 0 for ever. Default 30000. Source:
   * ZMQ_HANDSHAKE_IVL.
   */
  handshakeInterval: number
  /**
   * How often a silent peer is asked for a sign of life, in milliseconds; 0 never, the default.
   * Source: ZMQ_HEARTBEAT_IVL.
   */
  heartbeatInterval: number
  /**
   * How long without a sign of life the peer shall wait before it gives this socket up, in
   * milliseconds, cut to tenths of a second, up to 6553599; 0 for its own choice, the default.
   * Source: ZMQ_HEARTBEAT_TTL.
   */
  heartbeatTimeToLive: number
  /**
   * How long to wait for the sign of life, in milliseconds, before the connection is closed; -1,
   * the default, for `heartbeatInterval`. Source: ZMQ_HEARTBEAT_TIMEOUT.
   */
  heartbeatTimeout: number
  /**
   * The SOCKS5 proxy to connect through over tcp, `host:port`; null for none, the default. It looks names
   * up. Source: ZMQ_SOCKS_PROXY.
   */
  socksProxy: string | null
  /**
   * The name to log in to the proxy with, up to 255 bytes; null for none, the default. Source:
   * ZMQ_SOCKS_USERNAME.
   */
  socksUsername: string | null
  /**
   * The password to log in to the proxy with, up to 255 bytes; null for none, the default. Source:
   * ZMQ_SOCKS_PASSWORD.
   */
  socksPassword: string | null
  /**
   * Adds a property that peers are told in the handshake, `X-name:value`; the name has up to 255
   * bytes, and what was said first stands. Source: ZMQ_METADATA.
   */
  set metadata(value: string)
  /**
   * The I/O threads that may serve new connections, a bit for each; 0 for all, the default. Source:
   * ZMQ_AFFINITY.
   */
  affinity: number
}

/** What the system does with connections over TCP and WebSocket. */
export interface TcpOptions {
  /**
   * Whether the system probes idle connections: 1 yes, 0 no, -1 as it has it, the default. Source:
   * ZMQ_TCP_KEEPALIVE.
   */
  tcpKeepalive: number
  /**
   * Unanswered probes until a connection is given up; -1 as the system has it, the default. Source:
   * ZMQ_TCP_KEEPALIVE_CNT.
   */
  tcpKeepaliveCount: number
  /**
   * Seconds of silence until the first probe; -1 as the system has it, the default. Source:
   * ZMQ_TCP_KEEPALIVE_IDLE.
   */
  tcpKeepaliveIdle: number
  /**
   * Seconds between probes; -1 as the system has it, the default. Source: ZMQ_TCP_KEEPALIVE_INTVL.
   */
  tcpKeepaliveInterval: number
  /**
   * How long sent bytes may go unacknowledged, in milliseconds; 0 as the system has it, the
   * default. Source: ZMQ_TCP_MAXRT.
   */
  tcpMaxRetransmitTimeout: number
  /**
   * Adds an address or network (`10.0.0.0/8`) from which connections are accepted; null accepts
   * all again, as is the default. Source: ZMQ_TCP_ACCEPT_FILTER.
   */
  set tcpAcceptFilter(value: string | null)
  /** Use IPv6 beside IPv4. Default: the context's. Source: ZMQ_IPV6. */
  ipv6: boolean
  /** The type-of-service bits of packets. Default 0. Source: ZMQ_TOS. */
  typeOfService: number
  /** The priority of packets; 0 as the system has it, the default. Source: ZMQ_PRIORITY. */
  priority: number
  /**
   * How long to poll the network device, in microseconds; 0 not at all, the default. Source:
   * ZMQ_BUSY_POLL.
   */
  set busyPoll(value: number)
  /**
   * The network device to use, up to 16 bytes; null for any, the default. Source: ZMQ_BINDTODEVICE.
   */
  interface: string | null
  /**
   * Use Windows' fast path for connections within one machine. Default false. Source:
   * ZMQ_LOOPBACK_FASTPATH.
   */
  loopbackFastPath: boolean
  /**
   * The descriptor of a socket that listens already; -1 for none, the default. Source: ZMQ_USE_FD.
   */
  useFd: number
  /**
   * The private key of a secure WebSocket server, as PEM; null for none, the default. Source:
   * ZMQ_WSS_KEY_PEM.
   */
  set wssKeyPem(value: string | null)
  /**
   * The certificate of a secure WebSocket server, as PEM; null for none, the default. Source:
   * ZMQ_WSS_CERT_PEM.
   */
  set wssCertPem(value: string | null)
  /**
   * Certificates a secure WebSocket client trusts, as PEM; null for none, the default. Source:
   * ZMQ_WSS_TRUST_PEM.
   */
  set wssTrustPem(value: string | null)
  /**
   * The name a secure WebSocket server shall have; null for that of the endpoint, the default.
   * Source: ZMQ_WSS_HOSTNAME.
   */
  set wssHostname(value: string | null)
  /**
   * Whether a secure WebSocket client trusts the system's certificates. Default false. Source:
   * ZMQ_WSS_TRUST_SYSTEM.
   */
  set wssTrustSystem(value: boolean)
  /**
   * The sites whose pages may connect to a WebSocket server: their origins, such as
   * `https://app.example`, with spaces between them; `*` for all. null for none, the default. What is no
   * page names no origin, and may connect. Not an option of ZeroMQ's.
   */
  webSocketOrigins: string | null
}

/** Multicast transports. */
export interface MulticastOptions {
  /** The most kilobits per second to send. Default 100. Source: ZMQ_RATE. */
  rate: number
  /**
   * How far back lost packets can be asked for, in milliseconds. Default 10000. Source:
   * ZMQ_RECOVERY_IVL.
   */
  recoveryInterval: number
  /** The most bytes of a packet. Default 1500. Source: ZMQ_MULTICAST_MAXTPDU. */
  multicastMaxTransportDataUnit: number
  /**
   * Whether this machine's own receivers get what it sends. Default true. Source:
   * ZMQ_MULTICAST_LOOP.
   */
  multicastLoop: boolean
}
