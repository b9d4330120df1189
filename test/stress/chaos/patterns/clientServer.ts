import { Client, Server } from '@ringpost/core'
import { conversation } from '../shapes/conversation.ts'

/** CLIENT and SERVER: single frames, many questions at once. */
export const clientServer = conversation({
  name: 'CLIENT-SERVER',
  asker: (random) => ({
    socket: new Client(),
    window: random.between(1, 64),
    ask: (frames) => frames,
    answerIn: (frames) => frames,
  }),
  answerer: () => ({ socket: new Server(), window: 64, questionIn: (frames) => frames }),
  isMultipart: false,
  mayAskerBind: true,
})
