import { XPublisher } from '@ringpost/core'
import type { Arrivals } from '../arrivals.ts'
import type { Promised } from '../book.ts'
import { bytesOf, type Message } from '../message.ts'
import type { ChaosPattern } from '../pattern.ts'
import type { Player } from '../player.ts'
import type { Port } from '../port.ts'
import { topics, type Listener } from '../shapes/broadcast.ts'
import { extendedSubscriber } from './publishSubscribe.ts'

/** Stands before what is no subscription. */
const WORD = Buffer.from('word ')

const promised = (isDelivered: boolean): Promised => ({
  order: 'all from the first',
  isForOne: true,
  isDelivered,
})

/**
 * The other way between XPUB and XSUB: subscriptions, and words of the subscriber's own.
 *
 * - A subscription is heard as it was made.
 * - Words arrive all, once and in order, as long as they are fewer than there is room for.
 */
export const upstream: ChaosPattern = {
  name: 'XSUB-XPUB',
  roles: [
    {
      name: 'speaks to the main thread',
      where: 'home',
      async play(player) {
        const speaker = extendedSubscriber()
        const port = player.openAtHome(speaker.socket)
        await port.connect(player.home())
        await speak(player, port, speaker, true)
      },
    },
    {
      name: 'connects and speaks',
      where: 'places',
      async play(player) {
        const speaker = extendedSubscriber()
        const port = player.open(speaker.socket)
        await port.connect(player.anyPlace())
        await speak(player, port, speaker, false)
      },
    },
    {
      name: 'binds and hears',
      where: 'places',
      async play(player) {
        const port = player.open(new XPublisher())
        const place = player.anyPlace()
        if (!(await port.bind(place))) return
        await hear(port, player.arrivals(), player.random.below(1000))
      },
    },
  ],

  async serve(player) {
    const port = player.openAtHome(new XPublisher())
    await port.bind(player.home())
    await hear(port, player.arrivals(), Infinity)
  },

  async sweep(player) {
    for (const place of player.places()) {
      const port = player.open(new XPublisher())
      await port.bind(place)
      const arrivals = player.arrivals()
      while (port.readable) await hear(port, arrivals, 1)
      await port.close()
    }
  },
}

/** Subscribes and cancels, and says something between. */
async function speak(
  player: Player,
  port: Port,
  listener: Listener,
  isDelivered: boolean,
): Promise<void> {
  const { random } = player
  const life = player.begin(promised(isDelivered), false)
  const count = random.below(life.left)
  while (life.sent < count) {
    const topic = random.pick(topics)
    listener.subscribe(topic)
    await life.send(port, random.between(1, Math.min(60, count - life.sent)), ([frame]) => ({
      frames: [Buffer.concat([WORD, frame!])],
    }))
    if (random.oneIn(2)) listener.unsubscribe(topic)
  }
  life.end()
}

/** Takes so much of what comes up or a little more, until nothing comes any more. */
async function hear(port: Port, arrivals: Arrivals, count: number): Promise<void> {
  for (let heard = 0; heard < count;) {
    const delivery = await port.receive()
    if (delivery === undefined) return
    for (const message of delivery.messages) {
      if (!isAboutTopic(message)) arrivals.take(wordIn(message), delivery.waitedSinceMs)
    }
    heard += delivery.messages.length
    delivery.release()
  }
}

/** @throws {Error} nobody has such a topic */
function isAboutTopic({ frames }: Message): boolean {
  const bytes = bytesOf(frames[0]!)
  if (bytes[0]! > 1) return false
  const topic = bytes.toString('utf8', 1)
  if (frames.length > 1 || !topics.includes(topic)) throw new Error(`a subscription to ${topic}`)
  return true
}

/** @throws {Error} it is none */
function wordIn({ frames }: Message): Buffer[] {
  const [first] = frames.map(bytesOf)
  if (frames.length > 1 || !first!.subarray(0, WORD.length).equals(WORD)) {
    throw new Error(`no word: ${frames.length} frames, ${first!.toString('hex', 0, 32)}`)
  }
  return [first!.subarray(WORD.length)]
}
