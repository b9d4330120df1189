/** Sockets of ZeroMQ's patterns for browsers, over the platform's WebSocket. They connect; others bind. */
export { SocketError, type SocketErrorCode } from './errors.ts'
export type { Events, SocketEvent } from './events.ts'
export { Dealer, Pair, Pull, Push } from './pipelineSockets.ts'
export { Publisher, Subscriber } from './publishSockets.ts'
export { Request } from './request.ts'
export type { SocketOptions } from './socket.ts'
export type { Message, MessageLike } from './zws.ts'
