import { SocketError } from './errors.ts'

/** An endpoint taken apart: `tcp://127.0.0.1:5555` is scheme `tcp`, address `127.0.0.1:5555`. */
export interface Endpoint {
  readonly scheme: string
  readonly address: string
}

/** zmq_inproc(7): names longer than this are not portable between implementations. */
const maximumInprocNameBytes = 256

/**
 * Takes an endpoint apart. Whether anything serves its scheme is for the transports to say.
 *
 * @throws {TypeError} it is not a string
 * @throws {SocketError} `EINVAL` without `://` or with nothing on one side of it; `ENAMETOOLONG`
 *   for an inproc name of more than 256 bytes. Both carry the endpoint as `address`.
 * @see zmq_bind(3), zmq_inproc(7)
 */
export function parseEndpoint(endpoint: string): Endpoint {
  if (typeof endpoint !== 'string') throw new TypeError('Address must be a string')
  const separator = endpoint.indexOf('://')
  const scheme = endpoint.slice(0, Math.max(separator, 0))
  const address = endpoint.slice(separator + 3)
  if (separator < 1 || address === '') throw new SocketError('EINVAL', { address: endpoint })
  if (scheme === 'inproc' && Buffer.byteLength(address) > maximumInprocNameBytes) {
    throw new SocketError('ENAMETOOLONG', { address: endpoint })
  }
  return { scheme, address }
}
