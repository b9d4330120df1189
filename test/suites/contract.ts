import { describe } from 'vitest'
import type { Subject } from '../support/suiteSubject.ts'
import { describeBatches } from './batches.ts'
import { describeBlocking } from './blocking.ts'
import { describeChannel } from './channel.ts'
import { describeClientServer } from './clientServer.ts'
import { describeClosing } from './closing.ts'
import { describeConflate } from './conflate.ts'
import { describeContext } from './context.ts'
import { describeDealer } from './dealer.ts'
import { describeEndpoints } from './endpoints.ts'
import { describeExtendedPublish } from './extendedPublish.ts'
import { describeFairness } from './fairness.ts'
import { describeHighWaterMark } from './highWaterMark.ts'
import { describeIteration } from './iteration.ts'
import { describeMessages } from './messages.ts'
import { describeMisuse } from './misuse.ts'
import { describeNotifications } from './notifications.ts'
import { describeObserver } from './observer.ts'
import { describeOptions } from './options.ts'
import { describePair } from './pair.ts'
import { describePeer } from './peer.ts'
import { describeCapture, describeProxy } from './proxy.ts'
import { describePublishSubscribe } from './publishSubscribe.ts'
import { describePushPull } from './pushPull.ts'
import { describeRadioDish } from './radioDish.ts'
import { describeReply } from './reply.ts'
import { describeRequest } from './request.ts'
import { describeRouter } from './router.ts'
import { describeRoutingIds } from './routingIds.ts'
import { describeScatterGather } from './scatterGather.ts'
import { describeSharedFrames } from './sharedFrames.ts'
import { describeShutdown } from './shutdown.ts'
import { describeStartOrder } from './startOrder.ts'
import { describeThreads } from './threads.ts'
import { describeTimeouts } from './timeouts.ts'

/** What every binding of ZeroMQ does, as far as it has the calls. */
const patterns = [
  describePushPull,
  describeRequest,
  describeReply,
  describeDealer,
  describeRouter,
  describeRoutingIds,
  describePair,
  describePublishSubscribe,
  describeExtendedPublish,
  describeClientServer,
  describeRadioDish,
  describeScatterGather,
  describeHighWaterMark,
  describeTimeouts,
  describeConflate,
  describeEndpoints,
  describeStartOrder,
  describeClosing,
  describeMessages,
  describeIteration,
  describeMisuse,
  describeFairness,
  describeProxy,
  describeObserver,
  describeOptions,
  describeContext,
]

/** What goes beyond the calls and types of ZeroMQ's binding for Node.js. */
const extras = [
  describePeer,
  describeChannel,
  describeNotifications,
  describeCapture,
  describeShutdown,
  describeBlocking,
  describeBatches,
  describeSharedFrames,
  describeThreads,
]

/** The whole contract, for one way of joining sockets. */
export function describeContract(subject: Subject): void {
  describe(`over ${subject.name}`, () => {
    for (const describeTopic of [...patterns, ...extras]) describeTopic(subject)
  })
}
