import { socketTypeId } from './optionDefinition.ts'

const {
  Pair,
  Publisher,
  Subscriber,
  Request,
  Reply,
  Dealer,
  Router,
  Pull,
  Push,
  XPublisher,
  XSubscriber,
  Stream,
  Server,
  Client,
  Radio,
  Dish,
  Gather,
  Scatter,
  Datagram,
  Peer,
  Channel,
} = socketTypeId

/** Which types may talk to which. @see RFC 37/ZMTP, "Socket-Type Property" */
const peers: Readonly<Record<number, readonly number[]>> = {
  [Pair]: [Pair],
  [Publisher]: [Subscriber, XSubscriber],
  [Subscriber]: [Publisher, XPublisher],
  [Request]: [Reply, Router],
  [Reply]: [Request, Dealer],
  [Dealer]: [Reply, Dealer, Router],
  [Router]: [Request, Dealer, Router],
  [Pull]: [Push],
  [Push]: [Pull],
  [XPublisher]: [Subscriber, XSubscriber],
  [XSubscriber]: [Publisher, XPublisher],
  // These talk with what is no socket; a transport stands for that as one of the same type.
  [Stream]: [Stream],
  [Datagram]: [Datagram],
  [Server]: [Client],
  [Client]: [Server],
  [Radio]: [Dish],
  [Dish]: [Radio],
  [Gather]: [Scatter],
  [Scatter]: [Gather],
  [Peer]: [Peer],
  [Channel]: [Channel],
}

export const canTalk = (type: number, peerType: number): boolean =>
  peers[type]?.includes(peerType) ?? false

/** A type that may talk to this one. */
export const compatibleType = (type: number): number => peers[type]![0]!
