import type { Socket } from '@ringpost/core'
import type { Arrivals } from '../arrivals.ts'
import type { Promised } from '../book.ts'
import type { Life } from '../life.ts'
import { release, stampOn, type Frame } from '../message.ts'
import type { ChaosPattern } from '../pattern.ts'
import type { Player } from '../player.ts'
import type { Delivery, Port } from '../port.ts'

/** The two ends of a pipeline. */
export interface PipelineTypes {
  readonly name: string
  readonly writer: () => Socket
  readonly reader: () => Socket
  readonly isMultipart: boolean
}

const SOURCE = '-source'
const SINK = '-sink'

/** Frames that are held while more is received. */
const MOST_HELD = 3

/**
 * One way, each message to one receiver.
 *
 * - What is sent to the main thread arrives there: all, once, and by one connection in order; also of
 *   a sender that is terminated, as far as it was told that a message is sent.
 * - What is sent by one connection to another thread arrives in order and without a gap, as long as
 *   that receives.
 * - What is sent by several connections arrives once; in order at each receiver that has one of them.
 */
export function pipeline({ name, writer, reader, isMultipart }: PipelineTypes): ChaosPattern {
  const promised = {
    toMain: { order: 'all from the first', isForOne: true, isDelivered: true },
    toMainTwice: { order: 'in any order', isForOne: true, isDelivered: true },
    toOne: { order: 'all from the first', isForOne: true, isDelivered: false },
    toSome: { order: 'in any order', isForOne: true, isDelivered: false },
    toEachOnce: { order: 'in order', isForOne: true, isDelivered: false },
  } as const satisfies Record<string, Promised>

  async function sendLife(player: Player, port: Port, promise: Promised): Promise<void> {
    const life = player.begin(promise, isMultipart)
    await sendUpTo(player, port, life, player.random.below(life.left))
    life.end()
  }

  const receiveSome = (player: Player, port: Port): Promise<void> =>
    receive(player, port, player.arrivals(), player.random.below(1000))

  return {
    name,
    roles: [
      {
        name: 'sends to the main thread',
        where: 'home',
        async play(player) {
          const port = player.openAtHome(writer())
          port.setAnyMarks()
          await port.connect(player.home(SINK))
          const isTwice = player.random.oneIn(4)
          if (isTwice) await port.connect(player.home(SINK))
          await sendLife(player, port, isTwice ? promised.toMainTwice : promised.toMain)
          if (player.random.oneIn(3)) await port.disconnect(player.home(SINK))
        },
      },
      {
        name: 'receives from the main thread',
        where: 'home',
        async play(player) {
          const port = player.openAtHome(reader())
          port.setAnyMarks()
          await port.connect(player.home(SOURCE))
          await receiveSome(player, port)
        },
      },
      {
        name: 'connects and sends',
        where: 'places',
        async play(player) {
          const port = player.open(writer())
          port.setAnyMarks()
          const places = player.somePlaces(SINK)
          for (const place of places) await port.connect(place)
          await sendLife(player, port, places.length === 1 ? promised.toOne : promised.toSome)
          if (player.random.oneIn(3)) await port.disconnect(places[0]!)
        },
      },
      {
        name: 'binds and receives',
        where: 'places',
        async play(player) {
          const port = player.open(reader())
          port.setAnyMarks()
          const place = player.anyPlace(SINK)
          if (!(await port.bind(place))) return
          const arrivals = player.arrivals()
          await receive(player, port, arrivals, player.random.below(1000))
          // Who has connected may go on.
          await port.unbind(place)
          if (player.random.oneIn(2)) await receive(player, port, arrivals, 10)
        },
      },
      {
        name: 'binds and sends',
        where: 'places',
        async play(player) {
          const port = player.open(writer())
          port.setAnyMarks()
          if (await port.bind(player.anyPlace(SOURCE))) {
            await sendLife(player, port, promised.toEachOnce)
          }
        },
      },
      {
        name: 'connects and receives',
        where: 'places',
        async play(player) {
          const port = player.open(reader())
          port.setAnyMarks()
          for (const place of player.somePlaces(SOURCE)) await port.connect(place)
          await receiveSome(player, port)
        },
      },
    ],

    async serve(player) {
      const sink = player.openAtHome(reader())
      const source = player.openAtHome(writer())
      for (const port of [sink, source]) port.setAnyMarks()
      await sink.bind(player.home(SINK))
      await source.bind(player.home(SOURCE))
      const pour = async (): Promise<void> => {
        while (!source.closed) {
          const life = player.begin(promised.toEachOnce, isMultipart)
          await sendUpTo(player, source, life, life.left)
          life.end()
        }
      }
      await Promise.all([receive(player, sink, player.arrivals(), Infinity), pour()])
    },

    async sweep(player) {
      for (const place of player.places(SINK)) {
        const port = player.open(reader())
        await port.bind(place)
        const arrivals = player.arrivals()
        while (port.readable) await receive(player, port, arrivals, 1)
        await port.close()
      }
    },
  }
}

/** Sends until the life has so many messages, or nobody takes them. */
async function sendUpTo(player: Player, port: Port, life: Life, count: number): Promise<void> {
  while (life.sent < count) {
    const burst = player.random.between(1, Math.min(60, count - life.sent))
    const { refusal } = await life.send(port, burst)
    if (refusal !== undefined) return
    await player.pause()
  }
}

/** Receives so many messages or a few more, until none come any more. */
async function receive(
  player: Player,
  port: Port,
  arrivals: Arrivals,
  count: number,
): Promise<void> {
  const held: Held[] = []
  let received = 0
  while (received < count) {
    const delivery = await port.receive()
    if (delivery === undefined) break
    const { messages, waitedSinceMs } = delivery
    for (const { frames } of messages) arrivals.take(frames, waitedSinceMs)
    received += messages.length
    if (delivery.mayBeKept && player.random.oneIn(2)) held.push(...heldFrom(delivery))
    else delivery.release()
    while (held.length > MOST_HELD) giveBack(held.splice(player.random.below(held.length), 1)[0]!)
  }
  held.forEach(giveBack)
}

type Held = readonly Frame[]
const heldFrom = ({ messages }: Delivery): Held[] => messages.map(({ frames }) => frames)

/** Nobody else has written to it meanwhile. */
function giveBack(frames: Held): void {
  stampOn(frames)
  release(frames)
}
