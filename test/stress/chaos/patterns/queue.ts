import { Dealer, Proxy, Router } from '@ringpost/core'
import type { ChaosPattern } from '../pattern.ts'
import type { Player } from '../player.ts'
import { answer, ask, marksOf, sweepQuestions } from '../shapes/conversation.ts'
import { runProxy } from '../shapes/runProxy.ts'
import { dealerAsRequest, reply, request, router } from './requestReply.ts'

/** Names where the queue is asked, and where it asks. */
const FRONT = '-front'
const BACK = '-back'

/**
 * REQ, or DEALER in its place, and REP with a queue, ROUTER and DEALER, in the middle.
 *
 * - Every answer belongs to a question that is open, and is its equal; no question has two.
 * - Each of those that answer gets the questions of one socket in the order in which it asks them.
 * - A question that one of them has taken to the grave has no answer.
 */
export const queue: ChaosPattern = {
  name: 'queue',
  roles: [
    {
      name: 'asks the main thread’s queue',
      where: 'home',
      play: (player) => askThrough(player, player.home(FRONT)),
    },
    {
      name: 'asks a queue',
      where: 'places',
      play: (player) => askThrough(player, player.anyPlace(FRONT)),
    },
    {
      name: 'answers behind the main thread’s queue',
      where: 'home',
      play: (player) => answerBehind(player, player.home(BACK)),
    },
    {
      name: 'answers behind a queue',
      where: 'places',
      play: (player) => answerBehind(player, player.anyPlace(BACK)),
    },
    {
      name: 'is a queue',
      where: 'places',
      isEndless: true,
      async play(player) {
        const [front, back] = [new Router(), new Dealer()]
        const [asked, asking] = [player.open(front), player.open(back)]
        for (const port of [asked, asking]) port.setAnyMarks()
        const place = player.random.below(player.places().length)
        const isBound =
          (await asked.bind(player.places(FRONT)[place]!)) &&
          (await asking.bind(player.places(BACK)[place]!))
        if (isBound) await runProxy(player, new Proxy(front, back))
      },
    },
  ],

  async serve(player) {
    const [front, back] = [new Router(), new Dealer()]
    const [asked, asking] = [player.openAtHome(front), player.openAtHome(back)]
    const who = reply()
    const port = player.openAtHome(who.socket)
    for (const each of [asked, asking, port]) each.setAnyMarks()
    await asked.bind(player.home(FRONT))
    await asking.bind(player.home(BACK))
    await port.connect(player.home(BACK))
    await Promise.all([
      runProxy(player, new Proxy(front, back)),
      answer(port, who, player.arrivals(), Infinity),
    ])
  },

  sweep: (player) => sweepQuestions(player, player.places(FRONT), () => router(player.random)),
}

async function askThrough(player: Player, endpoint: string): Promise<void> {
  const who = player.random.oneIn(2) ? request(player.random) : dealerAsRequest(player.random)
  const port = player.open(who.socket)
  port.setAnyMarks(marksOf(who))
  const targets = [await port.connect(endpoint)]
  await ask({ player, port, who, order: 'in order', targets, isMultipart: true })
}

async function answerBehind(player: Player, endpoint: string): Promise<void> {
  const who = reply()
  const port = player.open(who.socket)
  port.setAnyMarks()
  await port.connect(endpoint)
  const arrivals = player.arrivals()
  // Until somebody is a queue, questions wait before it, and those that answer behind it.
  arrivals.allowDelays()
  await answer(port, who, arrivals, player.random.below(200))
}
