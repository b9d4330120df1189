import type { EndpointEntry } from './endpointTable.ts'

/** What a socket or a connection says of itself in the table of names. */
export const anEntry: EndpointEntry = {
  socketId: 1,
  pipe: 2,
  generation: 1024,
  socketType: 8,
  sendHighWaterMark: 1000,
  receiveHighWaterMark: 1000,
  routingId: new Uint8Array(0),
}
