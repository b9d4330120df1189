/** The libzmq whose behaviour this is. Programs written for ZeroMQ ask for it. */
export const version = '4.3.5'

/** The release of this library. */
export const ringpostVersion = '0.1.0'

/** What the library offers beyond what every ZeroMQ does. */
export interface Capability {
  /** Endpoints like `ipc:///tmp/a`. */
  readonly ipc: boolean
  readonly pgm: boolean
  readonly tipc: boolean
  readonly norm: boolean
  /** Encrypted connections. */
  readonly curve: boolean
  readonly gssapi: boolean
  /** The newer types: CLIENT, SERVER, RADIO, DISH, SCATTER, GATHER, PEER and CHANNEL. */
  readonly draft: boolean
}

/**
 * What the core offers by itself: `inproc` alone, over which nothing needs to be encrypted. Options
 * for the rest are there, for transports to heed.
 *
 * @see zmq_has(3)
 */
export const capability: Capability = Object.freeze({
  ipc: false,
  pgm: false,
  tipc: false,
  norm: false,
  curve: false,
  gssapi: false,
  draft: true,
})
