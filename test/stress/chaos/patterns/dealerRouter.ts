import { Dealer } from '@ringpost/core'
import type { Random } from '../../../support/random.ts'
import { conversation, type Asker } from '../shapes/conversation.ts'
import { request, router } from './requestReply.ts'

/** Many questions at once, by a name of its own or one that the ROUTER gives it. */
function dealer(random: Random): Asker {
  const named = { routingId: `dealer ${random.fork()} ${random.fork()}` }
  return {
    socket: new Dealer(random.oneIn(2) ? named : {}),
    window: random.between(1, 64),
    ask: (frames) => frames,
    answerIn: (frames) => frames,
  }
}

/** DEALER, and REQ in its place, with ROUTER. */
export const dealerRouter = conversation({
  name: 'DEALER-ROUTER',
  asker: (random) => (random.oneIn(4) ? request(random) : dealer(random)),
  answerer: router,
  isMultipart: true,
  mayAskerBind: true,
})
