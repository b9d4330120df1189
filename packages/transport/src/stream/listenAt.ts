import net, { type Server } from 'node:net'
import { getSystemErrorName } from 'node:util'
import { SocketError, type SocketErrorCode } from '@ringpost/core'
import { Wire } from './wire.ts'

/** Where a server listens: a port of an address, or a path. */
export type Place =
  | { readonly host: string; readonly port: number; readonly family: 4 | 6 }
  | { readonly path: string }

/** A handle of libuv's as Node wraps it. */
interface Handle {
  close(): void
  /** Called for each connection, with a number of an error or 0. */
  onconnection?: (status: number, handle: object) => void
}

/** What `node:net` calls by itself, and by which its own cluster listens, too. */
interface WithHandles {
  /** @returns a handle that is bound, or a number of an error */
  readonly _createServerHandle: (
    address: string | null,
    port: number,
    addressType: number,
  ) => Handle | number
}

/**
 * A server that takes a handle as it is. `Server.listen` makes of one of a path a second handle of the same
 * descriptor, and of the two the later closes what by then may be somebody else's.
 */
interface TakesHandle {
  _handle: Handle
  readonly _listen2: (address: null, port: number, addressType: number, backlog: number) => void
}

/**
 * A server that listens when the call returns; `Server.listen` tells later whether it does.
 *
 * @param server that is to listen
 * @throws {SocketError} `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES` …
 */
export function listenAt(
  place: Place,
  backlog: number,
  server: Server = net.createServer(),
): Server {
  const create = (net as unknown as WithHandles)._createServerHandle
  const handle =
    'path' in place ? create(place.path, -1, -1) : create(place.host, place.port, place.family)
  if (typeof handle === 'number') throw namedError(getSystemErrorName(handle))
  let late: Error | undefined
  const fail = (error: Error): void => {
    late = error
  }
  server.on('error', fail)
  const taking = server as unknown as TakesHandle
  taking._handle = handle
  taking._listen2(null, -1, -1, backlog)
  if (!server.listening) throw new SocketError('EADDRINUSE', { cause: late })
  server.off('error', fail)
  return server
}

/** Has connections accepted as wires, which `Server` cannot. */
export function onAccept(server: Server, accept: (wire: Wire) => void): void {
  const { _handle: handle } = server as unknown as { readonly _handle: Handle }
  handle.onconnection = (status, connection) => {
    if (status === 0) accept(Wire.accepted(connection))
    else server.emit('error', namedError(getSystemErrorName(status)))
  }
}

const codes: ReadonlySet<string> = new Set<SocketErrorCode>([
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EACCES',
  'EINVAL',
  'ENODEV',
  'ENAMETOOLONG',
  'ENOENT',
  'EMFILE',
])

/** What the system refuses, as sockets say it. */
export function systemError(error: NodeJS.ErrnoException): SocketError {
  return namedError(error.code ?? error.message)
}

function namedError(name: string): SocketError {
  if (codes.has(name)) return new SocketError(name as SocketErrorCode)
  return new SocketError('EINVAL', { message: `Cannot listen: ${name}` })
}
