import { SocketError } from '../../errors.ts'
import type { RoutingIdTable } from '../../routing/routingIdTable.ts'
import type { SocketOptions } from '../options.ts'
import type { Pipe } from '../pipe.ts'

/** A pattern whose user may say what the peer of the next connection is to be called. */
export interface NamingPattern {
  /** @throws {SocketError} `EINVAL`: a peer has the name that is meant for the next one */
  checkNextName(): void
}

/** @throws {SocketError} `EINVAL`: a peer has the name that is meant for the next one */
export function checkNextName(options: SocketOptions, peers: RoutingIdTable<Pipe>): void {
  const name = options.connectRoutingId
  if (name === null || peers.find(name) === undefined) return
  options.connectRoutingId = null
  throw new SocketError('EINVAL', {
    message: `Another peer has the routing id '${name.toString()}'`,
  })
}
