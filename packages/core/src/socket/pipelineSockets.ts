import type { MessageLike } from './message.ts'
import { socketTypeId } from './optionDefinition.ts'
import type { GatherOptions, PullOptions, PushOptions, ScatterOptions } from './optionTypes.ts'
import type { Readable } from './readable.ts'
import { SocketBase } from './socket.ts'
import {
  defineOptions,
  ReadableSocket,
  WritableSocket,
  type OptionsOf,
  type TypedSocket,
} from './typedSocket.ts'
import type { Writable } from './writable.ts'

const SingleFrameReadable = SocketBase as unknown as TypedSocket<Readable<[Buffer]>>
const SingleFrameWritable = SocketBase as unknown as TypedSocket<Writable<MessageLike>>

/** Distributes messages to PULL sockets, each to one, in turn. @see RFC 30/PIPELINE */
export class Push extends WritableSocket {
  constructor(options?: OptionsOf<PushOptions>) {
    super(socketTypeId.Push, options)
  }
}
export interface Push extends PushOptions {}
defineOptions(socketTypeId.Push, Push.prototype)

/** Collects messages from PUSH sockets, taking them in turn. @see RFC 30/PIPELINE */
export class Pull extends ReadableSocket {
  constructor(options?: OptionsOf<PullOptions>) {
    super(socketTypeId.Pull, options)
  }
}
export interface Pull extends PullOptions {}
defineOptions(socketTypeId.Pull, Pull.prototype)

/** Distributes messages of a single frame to GATHER sockets, in turn. @see RFC 49/SCATTERGATHER */
export class Scatter extends SingleFrameWritable {
  constructor(options?: OptionsOf<ScatterOptions>) {
    super(socketTypeId.Scatter, options)
  }
}
export interface Scatter extends ScatterOptions {}
defineOptions(socketTypeId.Scatter, Scatter.prototype)

/** Collects messages of a single frame from SCATTER sockets, in turn. @see RFC 49/SCATTERGATHER */
export class Gather extends SingleFrameReadable {
  constructor(options?: OptionsOf<GatherOptions>) {
    super(socketTypeId.Gather, options)
  }
}
export interface Gather extends GatherOptions {}
defineOptions(socketTypeId.Gather, Gather.prototype)
