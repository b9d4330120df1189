import { socketTypeId } from './optionDefinition.ts'
import type { ChannelOptions, PairOptions } from './optionTypes.ts'
import { BothWaySocket, defineOptions, SingleFrameSocket, type OptionsOf } from './typedSocket.ts'

/** Talks with exactly one other PAIR; whoever else comes is turned away. @see RFC 31/EXPAIR */
export class Pair extends BothWaySocket {
  constructor(options?: OptionsOf<PairOptions>) {
    super(socketTypeId.Pair, options)
  }
}
export interface Pair extends PairOptions {}
defineOptions(socketTypeId.Pair, Pair.prototype)

/** A PAIR whose messages are a single frame; others fail with `EINVAL`. @see RFC 52/CHANNEL */
export class Channel extends SingleFrameSocket {
  constructor(options?: OptionsOf<ChannelOptions>) {
    super(socketTypeId.Channel, options)
  }
}
export interface Channel extends ChannelOptions {}
defineOptions(socketTypeId.Channel, Channel.prototype)
