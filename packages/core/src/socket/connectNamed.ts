import { writeOptionById } from './optionProperties.ts'
import type { NamingPattern } from './patterns/connectName.ts'
import { patternOfSocket } from './socket.ts'
import type { Socket } from './typedSocket.ts'

/** ZeroMQ's number of the option that names the peer at the other end of the next connection. */
const CONNECT_ROUTING_ID = 61

/** What may be said when a ROUTER connects. */
export interface RouterConnectOptions {
  /** The name to know the peer by, so that it can be sent to at once; none if it is ''. */
  routingId?: string | Uint8Array | null | undefined
}

/** Connects, with a name for the peer. @see ZMQ_CONNECT_ROUTING_ID in zmq_setsockopt(3) */
export function connectNamed(
  socket: Socket,
  type: number,
  { routingId }: RouterConnectOptions,
  connect: () => void,
): void {
  if (routingId !== null && routingId !== undefined && routingId !== '') {
    writeOptionById(socket, type, 'string', CONNECT_ROUTING_ID, routingId)
  }
  ;(socket[patternOfSocket] as Partial<NamingPattern> as NamingPattern).checkNextName()
  connect()
}
