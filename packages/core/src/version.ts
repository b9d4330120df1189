/** The libzmq whose behaviour this is. Programs written for ZeroMQ ask for it. */
export const version = '4.3.5'

/** The release of this library. */
export const ringpostVersion = '0.1.0'

/** What a package may offer: `draft` are the newer types of sockets, the rest transports and security. */
export type Capability = Readonly<
  Record<'ipc' | 'pgm' | 'tipc' | 'norm' | 'curve' | 'gssapi' | 'draft', boolean>
>

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
