import type { ContextOptions as OptionsOfContext } from '../context/contextOptions.ts'
import type * as properties from './optionTypes.ts'
import type { OptionsOf } from './typedSocket.ts'

/**
 * What the constructors take, for those who name it: any of a type's options, and the context. What
 * the sockets have as properties, `optionTypes.ts` says.
 */

export interface ChannelOptions extends OptionsOf<properties.ChannelOptions> {}
export interface ClientOptions extends OptionsOf<properties.ClientOptions> {}
export interface DatagramOptions extends OptionsOf<properties.DatagramOptions> {}
export interface DealerOptions extends OptionsOf<properties.DealerOptions> {}
export interface DishOptions extends OptionsOf<properties.DishOptions> {}
export interface GatherOptions extends OptionsOf<properties.GatherOptions> {}
export interface PairOptions extends OptionsOf<properties.PairOptions> {}
export interface PeerOptions extends OptionsOf<properties.PeerOptions> {}
export interface PublisherOptions extends OptionsOf<properties.PublisherOptions> {}
export interface PullOptions extends OptionsOf<properties.PullOptions> {}
export interface PushOptions extends OptionsOf<properties.PushOptions> {}
export interface RadioOptions extends OptionsOf<properties.RadioOptions> {}
export interface ReplyOptions extends OptionsOf<properties.ReplyOptions> {}
export interface RequestOptions extends OptionsOf<properties.RequestOptions> {}
export interface RouterOptions extends OptionsOf<properties.RouterOptions> {}
export interface ScatterOptions extends OptionsOf<properties.ScatterOptions> {}
export interface ServerOptions extends OptionsOf<properties.ServerOptions> {}
export interface StreamOptions extends OptionsOf<properties.StreamOptions> {}
export interface SubscriberOptions extends OptionsOf<properties.SubscriberOptions> {}
export interface XPublisherOptions extends OptionsOf<properties.XPublisherOptions> {}
export interface XSubscriberOptions extends OptionsOf<properties.XSubscriberOptions> {}

export interface ContextOptions extends Partial<OptionsOfContext> {}
