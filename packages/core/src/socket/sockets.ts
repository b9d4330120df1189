/** All types of sockets but those that publish and subscribe, and what they have in common. */
export type { BatchOptions, TimeoutOptions } from './arguments.ts'
export { Client, Peer, Server } from './clientSockets.ts'
export { Channel, Pair } from './pairSockets.ts'
export { Gather, Pull, Push, Scatter } from './pipelineSockets.ts'
export type { Readable } from './readable.ts'
export { Dealer, Reply, Request, Router, type RouterConnectOptions } from './requestSockets.ts'
export { Socket, type OptionsOf } from './typedSocket.ts'
export type { Writable } from './writable.ts'
