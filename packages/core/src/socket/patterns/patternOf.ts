import { SocketError } from '../../errors.ts'
import { socketTypeId } from '../optionDefinition.ts'
import type { Pattern, PatternHost } from '../pattern.ts'
import { ClientPattern } from './client.ts'
import { DealerPattern } from './dealer.ts'
import { DishPattern } from './dish.ts'
import { PairPattern } from './pair.ts'
import { PublisherPattern } from './publisher.ts'
import { PullPattern } from './pull.ts'
import { PushPattern } from './push.ts'
import { RadioPattern } from './radio.ts'
import { ReplyPattern } from './reply.ts'
import { RequestPattern } from './request.ts'
import { RouterPattern } from './router.ts'
import { ServerPattern } from './server.ts'
import { StreamPattern } from './stream.ts'
import { SubscriberPattern } from './subscriber.ts'
import { XPublisherPattern } from './xPublisher.ts'
import { XSubscriberPattern } from './xSubscriber.ts'

/** What makes each type; the key is ZeroMQ's number for it. */
const patterns: Readonly<Record<number, (host: PatternHost) => Pattern>> = {
  [socketTypeId.Push]: (host) => new PushPattern(host),
  [socketTypeId.Pull]: () => new PullPattern(),
  [socketTypeId.Request]: (host) => new RequestPattern(host),
  [socketTypeId.Reply]: (host) => new ReplyPattern(host),
  [socketTypeId.Dealer]: (host) => new DealerPattern(host),
  [socketTypeId.Router]: (host) => new RouterPattern(host),
  [socketTypeId.Pair]: (host) => new PairPattern(host),
  [socketTypeId.Channel]: (host) => new PairPattern(host, 1),
  [socketTypeId.Scatter]: (host) => new PushPattern(host, true),
  [socketTypeId.Gather]: () => new PullPattern(),
  [socketTypeId.Client]: (host) => new ClientPattern(host),
  [socketTypeId.Server]: (host) => new ServerPattern(host),
  [socketTypeId.Peer]: (host) => new ServerPattern(host),
  [socketTypeId.Publisher]: (host) => new PublisherPattern(host),
  [socketTypeId.Subscriber]: (host) => new SubscriberPattern(host),
  [socketTypeId.XPublisher]: (host) => new XPublisherPattern(host),
  [socketTypeId.XSubscriber]: (host) => new XSubscriberPattern(host),
  [socketTypeId.Radio]: (host) => new RadioPattern(host),
  [socketTypeId.Dish]: (host) => new DishPattern(host),
  [socketTypeId.Datagram]: (host) => new PairPattern(host, 2),
  [socketTypeId.Stream]: (host) => new StreamPattern(host),
}

/** @throws {SocketError} `EINVAL`: there is no such type */
export function patternOf(type: number, host: PatternHost): Pattern {
  const make = patterns[type]
  if (make === undefined) throw new SocketError('EINVAL')
  return make(host)
}
