import { Proxy, Publisher, XPublisher, XSubscriber } from '@ringpost/core'
import type { ChaosPattern } from '../pattern.ts'
import type { Player } from '../player.ts'
import { listenTo, publishNews, publishTo, sweepSubscriptions } from '../shapes/broadcast.ts'
import { runProxy } from '../shapes/runProxy.ts'
import { newspaper } from './publishSubscribe.ts'

/** Names where the forwarder hears news, and where it is heard. */
const IN = '-in'
const OUT = '-out'

/**
 * PUB and SUB with a forwarder, XSUB and XPUB, in the middle: as without it, only that it may
 * drop messages in spite of `noDrop`.
 */
export const forwarder: ChaosPattern = {
  name: 'forwarder',
  roles: [
    {
      name: 'listens to the main thread’s forwarder',
      where: 'home',
      async play(player) {
        const listener = newspaper.listener(player.random)
        const port = player.openAtHome(listener.socket)
        port.setAnyMarks()
        await listenTo(newspaper, player, port, listener, [player.home(OUT)])
      },
    },
    {
      name: 'listens to a forwarder',
      where: 'places',
      async play(player) {
        const listener = newspaper.listener(player.random)
        const port = player.open(listener.socket)
        port.setAnyMarks()
        await listenTo(newspaper, player, port, listener, player.somePlaces(OUT))
      },
    },
    {
      name: 'publishes to the main thread’s forwarder',
      where: 'home',
      play: (player) => publishThrough(player, player.home(IN)),
    },
    {
      name: 'publishes to a forwarder',
      where: 'places',
      play: (player) => publishThrough(player, player.anyPlace(IN)),
    },
    {
      name: 'is a forwarder',
      where: 'places',
      isEndless: true,
      async play(player) {
        const [front, back] = [new XSubscriber(), new XPublisher()]
        const [upstream, downstream] = [player.open(front), player.open(back)]
        for (const port of [upstream, downstream]) port.setAnyMarks()
        const place = player.random.below(player.places().length)
        const isBound =
          (await upstream.bind(player.places(IN)[place]!)) &&
          (await downstream.bind(player.places(OUT)[place]!))
        if (isBound) await runProxy(player, new Proxy(front, back))
      },
    },
  ],

  async serve(player) {
    const [front, back] = [new XSubscriber(), new XPublisher()]
    const [upstream, downstream] = [player.openAtHome(front), player.openAtHome(back)]
    const news = player.openAtHome(new Publisher())
    for (const port of [upstream, downstream, news]) port.setAnyMarks()
    await upstream.bind(player.home(IN))
    await downstream.bind(player.home(OUT))
    await news.connect(player.home(IN))
    await Promise.all([
      runProxy(player, new Proxy(front, back)),
      publishNews(newspaper, player, news, false),
    ])
  },

  sweep: (player) => sweepSubscriptions(player, player.places(OUT), () => new XPublisher()),
}

async function publishThrough(player: Player, endpoint: string): Promise<void> {
  const announcer = newspaper.announcer(player.random, false)
  const port = player.open(announcer.socket)
  port.setAnyMarks()
  await port.connect(endpoint)
  await publishTo(newspaper, player, port, announcer, false)
}
