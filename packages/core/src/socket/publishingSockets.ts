import type { MessageLike } from './message.ts'
import { socketTypeId } from './optionDefinition.ts'
import { writeOptionById } from './optionProperties.ts'
import type {
  DishOptions,
  PublisherOptions,
  RadioOptions,
  SubscriberOptions,
  TopicInformation,
  XPublisherOptions,
  XSubscriberOptions,
} from './optionTypes.ts'
import type { DishPattern } from './patterns/dish.ts'
import type { Group } from './patterns/group.ts'
import { topicOption } from './patterns/subscription.ts'
import type { Readable } from './readable.ts'
import type { SharedFrame } from './sharedFrame.ts'
import { act, patternOfSocket, SocketBase } from './socket.ts'
import {
  BothWaySocket,
  defineOptions,
  ReadableSocket,
  WritableSocket,
  type OptionsOf,
  type TypedSocket,
} from './typedSocket.ts'
import type { Writable } from './writable.ts'

/** What a message of RADIO is sent with, and one of DISH comes with. */
export interface GroupTarget<Name = Group> {
  /** Up to 255 bytes; text is taken as UTF-8. */
  group: Name
}

/** Sockets that say which group a message was sent to. */
type GroupReadable = Readable<[Buffer, GroupTarget<Buffer>], [SharedFrame, GroupTarget<Buffer>]>

const GroupWritableSocket = SocketBase as unknown as TypedSocket<Writable<MessageLike, GroupTarget>>
const GroupReadableSocket = SocketBase as unknown as TypedSocket<GroupReadable>

/**
 * Publishes each message to the SUB and XSUB sockets that have subscribed to a prefix of its first
 * frame. Never waits: what nobody wants is dropped, and for a subscriber at its high-water mark, too
 * (but see `noDrop`). @see RFC 29/PUBSUB
 */
export class Publisher extends WritableSocket {
  constructor(options?: OptionsOf<PublisherOptions>) {
    super(socketTypeId.Publisher, options)
  }
}
export interface Publisher extends PublisherOptions, TopicInformation {}
defineOptions(socketTypeId.Publisher, Publisher.prototype)

/**
 * Receives what PUB and XPUB sockets publish and it has subscribed to, taking them in turn; nothing
 * before the first `subscribe`. @see RFC 29/PUBSUB
 */
export class Subscriber extends ReadableSocket {
  constructor(options?: OptionsOf<SubscriberOptions>) {
    super(socketTypeId.Subscriber, options)
  }

  /**
   * Asks for all messages that begin with one of these prefixes; for all messages when none is
   * given. What is subscribed to twice has to be cancelled twice.
   *
   * @throws {SocketError} `ENOTSOCK` when closed
   * @see ZMQ_SUBSCRIBE in zmq_setsockopt(3)
   */
  subscribe(...prefixes: (string | Uint8Array)[]): void {
    setTopics(this, topicOption.subscribe, prefixes)
  }

  /**
   * Takes `subscribe` back. Prefixes that were not subscribed to are passed over.
   *
   * @throws {SocketError} `ENOTSOCK` when closed
   * @see ZMQ_UNSUBSCRIBE in zmq_setsockopt(3)
   */
  unsubscribe(...prefixes: (string | Uint8Array)[]): void {
    setTopics(this, topicOption.unsubscribe, prefixes)
  }
}
export interface Subscriber extends SubscriberOptions, TopicInformation {}
defineOptions(socketTypeId.Subscriber, Subscriber.prototype)

/**
 * As PUB, and receives what comes from its subscribers: `01 topic` when a topic is new, `00 topic`
 * when nobody wants it any more (see `verbosity`), and whatever XSUB sockets send besides.
 * @see RFC 29/PUBSUB
 */
export class XPublisher extends BothWaySocket {
  constructor(options?: OptionsOf<XPublisherOptions>) {
    super(socketTypeId.XPublisher, options)
  }
}
export interface XPublisher extends XPublisherOptions, TopicInformation {}
defineOptions(socketTypeId.XPublisher, XPublisher.prototype)

/**
 * As SUB, but subscribes by sending `01 topic` and cancels by sending `00 topic`; what else it sends
 * reaches the XPUB sockets as it is. Does not filter what it receives. @see RFC 29/PUBSUB
 */
export class XSubscriber extends BothWaySocket {
  constructor(options?: OptionsOf<XSubscriberOptions>) {
    super(socketTypeId.XSubscriber, options)
  }
}
export interface XSubscriber extends XSubscriberOptions, TopicInformation {}
defineOptions(socketTypeId.XSubscriber, XSubscriber.prototype)

/**
 * Publishes each message, of a single frame, to the DISH sockets that have joined its group. Never
 * waits (but see `noDrop`). Over UDP it connects; a message that does not fit into a datagram, of
 * 8192 bytes with its group, fails with `EMSGSIZE` then. @see RFC 48/RADIO-DISH, zmq_udp(7)
 */
export class Radio extends GroupWritableSocket {
  constructor(options?: OptionsOf<RadioOptions>) {
    super(socketTypeId.Radio, options)
  }
}
export interface Radio extends RadioOptions {}
defineOptions(socketTypeId.Radio, Radio.prototype)

/** Receives what RADIO sockets send to the groups it has joined, in turn. @see RFC 48/RADIO-DISH */
export class Dish extends GroupReadableSocket {
  constructor(options?: OptionsOf<DishOptions>) {
    super(socketTypeId.Dish, options)
  }

  /**
   * Joins groups, each of up to 255 bytes.
   *
   * @throws {TypeError} a group is neither text nor bytes
   * @throws {SocketError} `EINVAL`: it has joined already, or the name is too long; `EBADF`
   * @see zmq_join(3)
   */
  join(...groups: Group[]): void {
    const pattern = this[patternOfSocket] as DishPattern
    this[act](() => groups.forEach((group) => pattern.join(group)))
  }

  /**
   * Leaves groups.
   *
   * @throws {SocketError} `EINVAL`: it has not joined; `EBADF`
   * @see zmq_leave(3)
   */
  leave(...groups: Group[]): void {
    const pattern = this[patternOfSocket] as DishPattern
    this[act](() => groups.forEach((group) => pattern.leave(group)))
  }
}
export interface Dish extends DishOptions {}
defineOptions(socketTypeId.Dish, Dish.prototype)

function setTopics(
  socket: Subscriber,
  option: number,
  prefixes: readonly (string | Uint8Array)[],
): void {
  const topics = prefixes.length === 0 ? [null] : prefixes
  for (const topic of topics)
    writeOptionById(socket, socketTypeId.Subscriber, 'string', option, topic)
}
