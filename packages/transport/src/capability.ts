import { capability as ofCore, type Capability } from '@ringpost/core'

/**
 * What this package offers besides `inproc` and `tcp`.
 *
 * @see zmq_has(3)
 */
export const capability: Capability = Object.freeze({ ...ofCore, ipc: true, curve: true })
