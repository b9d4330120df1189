import { capability as ofCore, type Capability } from '@ringpost/core'

/**
 * What the sockets offer with the transports of this package.
 *
 * @see zmq_has(3)
 */
export const capability: Capability = Object.freeze({ ...ofCore, ipc: true, curve: true })
