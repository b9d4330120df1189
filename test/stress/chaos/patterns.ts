import type { ChaosPattern } from './pattern.ts'
import { channel } from './patterns/channel.ts'
import { clientServer } from './patterns/clientServer.ts'
import { dealerRouter } from './patterns/dealerRouter.ts'
import { forwarder } from './patterns/forwarder.ts'
import { pair } from './patterns/pair.ts'
import { peer } from './patterns/peer.ts'
import { publishSubscribe } from './patterns/publishSubscribe.ts'
import { pushPull } from './patterns/pushPull.ts'
import { queue } from './patterns/queue.ts'
import { radioDish } from './patterns/radioDish.ts'
import { requestReply } from './patterns/requestReply.ts'
import { scatterGather } from './patterns/scatterGather.ts'
import { upstream } from './patterns/upstream.ts'

/** All that threads draw from. */
export const patterns: readonly ChaosPattern[] = [
  pushPull,
  scatterGather,
  requestReply,
  dealerRouter,
  queue,
  clientServer,
  peer,
  pair,
  channel,
  publishSubscribe,
  upstream,
  forwarder,
  radioDish,
]
