import { Peer } from '@ringpost/core'
import { conversation } from '../shapes/conversation.ts'

/** PEER with PEER: who connects learns a number to ask by, who is bound answers to numbers. */
export const peer = conversation({
  name: 'PEER',
  asker: (random) => ({
    socket: new Peer(),
    window: random.between(1, 64),
    ask: (frames) => frames,
    answerIn: (frames) => frames,
  }),
  answerer: () => ({ socket: new Peer(), window: 64, questionIn: (frames) => frames }),
  isMultipart: false,
  mayAskerBind: false,
})
