import { Dealer, Reply, Request, Router } from '@ringpost/core'
import type { Random } from '../../../support/random.ts'
import { behind } from '../message.ts'
import { conversation, type Answerer, type Asker } from '../shapes/conversation.ts'

const EMPTY = Buffer.alloc(0)

/** A REQ: one question at a time. One that may ask again tells late answers by their number. */
export function request(random: Random): Asker {
  const mayAskAgain = random.oneIn(2)
  return {
    socket: new Request({ relaxed: mayAskAgain, correlate: mayAskAgain }),
    window: 1,
    mayAskAgain,
    ask: (frames) => frames,
    answerIn: (frames) => frames,
  }
}

/** A DEALER that talks to REP: it writes the delimiter itself. */
export const dealerAsRequest = (random: Random): Asker => ({
  socket: new Dealer(),
  window: random.between(1, 20),
  ask: (frames) => [EMPTY, ...frames],
  answerIn: (frames) => behind(frames, 0),
})

export const reply = (): Answerer => ({
  socket: new Reply(),
  window: 1,
  questionIn: (frames) => frames,
})

/** Takes what REQ and DEALER ask without having to answer. */
export const router = (random: Random): Answerer => ({
  socket: new Router({ mandatory: random.oneIn(2) }),
  window: 64,
  questionIn: (frames) => behind(frames, 1),
})

/** REQ, and DEALER in its place, with REP. */
export const requestReply = conversation({
  name: 'REQ-REP',
  asker: (random) => (random.oneIn(2) ? request(random) : dealerAsRequest(random)),
  answerer: reply,
  isMultipart: true,
  mayAskerBind: true,
  sweeper: router,
})
