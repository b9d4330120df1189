/**
 * What Ringpost's other packages share with core and users must not rely on: it may change with
 * every release, and core and its companions are released together.
 */
export { enter } from './context/context.ts'
export type { Inproc } from './inproc/inproc.ts'
export { outline, show } from './inspection.ts'
export type { Endpoint } from './endpoint.ts'
export { copyInto } from './memory/copy.ts'
export { bufferOver } from './memory/frameBuffer.ts'
export { socketTypeId, type SocketTypeName } from './socket/optionDefinition.ts'
export { canTalk } from './socket/peerTypes.ts'
export { engage, type Engaged } from './socket/socket.ts'
export { decodeZ85, encodeZ85 } from './socket/z85.ts'
export { securityMechanism } from './socket/options.ts'
export { settingsOf, type SocketSettings } from './socket/settings.ts'
export { compatibleType } from './socket/peerTypes.ts'
export type { Pipe, PipeOwner, PipeSettings } from './socket/pipe.ts'
export {
  copyToBytes,
  LOOP_BYTES,
  span,
  WORD_REST,
  type FrameMemory,
  type FrameSink,
  type PackSink,
} from './ring/frameSpans.ts'
export { PACK_BYTES, unpack } from './ring/packedFrames.ts'
export { INLINE_BYTES } from './ring/recordLayout.ts'
export type { Looker, Thread } from './thread/thread.ts'
export {
  registerTransport,
  type Dialer,
  type Listener,
  type Site,
  type Transport,
} from './transport/transport.ts'
