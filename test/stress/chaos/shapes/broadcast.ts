import { setTimeout as timer } from 'node:timers/promises'
import type { Socket } from '@ringpost/core'
import type { Random } from '../../../support/random.ts'
import type { Promised } from '../book.ts'
import type { Frame, Message } from '../message.ts'
import type { ChaosPattern, Role } from '../pattern.ts'
import type { Player } from '../player.ts'
import type { Delivery, Port } from '../port.ts'

/** Who publishes. */
export interface Announcer {
  readonly socket: Socket
  /** Whether it hears of subscriptions, and can wait for the first. */
  readonly hears: boolean
}

/** Who subscribes. */
export interface Listener {
  readonly socket: Socket
  subscribe(topic: string): void
  unsubscribe(topic: string): void
  /** Whether nothing comes any more that it has said it does not want. */
  readonly isStrict: boolean
}

export interface BroadcastTypes {
  readonly name: string
  /** @param noDrop wait for those that are slow */
  readonly announcer: (random: Random, noDrop: boolean) => Announcer
  readonly listener: (random: Random) => Listener
  readonly isMultipart: boolean
  /** A message of a topic. */
  dress(frames: readonly Frame[], topic: string): Message
  /** The topic of a message, and what stands in it. */
  read(message: Message): { readonly topic: string; readonly frames: readonly Frame[] }
}

const TOPICS = 4
const topicOf = (message: number): string => `topic ${message % TOPICS} `
export const topics: readonly string[] = Array.from({ length: TOPICS }, (_, i) => topicOf(i))

/** Names where somebody publishes, and where somebody listens. */
const HEARD = '-heard'
const HEARING = '-hearing'
/** The main thread publishes twice. */
const NO_DROP = '-no-drop'

/** How much news the main thread has, and how often. */
const NEWS = 8
const NEWS_EVERY_MS = 1

const promised = (noDrop: boolean): Promised => ({
  order: noDrop ? 'in a row' : 'in order',
  isForOne: false,
  isDelivered: false,
})

/**
 * One to many.
 *
 * - Everybody gets only what he has asked for, once, in the order in which it was published.
 * - Some of it may be missing, but nothing between two messages of a publisher with `noDrop`.
 */
export function broadcast(types: BroadcastTypes): ChaosPattern {
  const roles: Role[] = [
    {
      name: 'listens to the main thread',
      where: 'home',
      async play(player) {
        const listener = types.listener(player.random)
        const port = player.openAtHome(listener.socket)
        port.setAnyMarks()
        const homes = [player.home(), player.home(NO_DROP)]
        const chosen = player.random.oneIn(3) ? homes : [player.random.pick(homes)]
        await listenTo(types, player, port, listener, chosen)
      },
    },
    {
      name: 'connects and listens',
      where: 'places',
      async play(player) {
        const listener = types.listener(player.random)
        const port = player.open(listener.socket)
        port.setAnyMarks()
        await listenTo(types, player, port, listener, player.somePlaces(HEARD))
      },
    },
    {
      name: 'binds and publishes',
      where: 'places',
      async play(player) {
        const noDrop = player.random.oneIn(2)
        const announcer = types.announcer(player.random, noDrop)
        const port = player.open(announcer.socket)
        port.setAnyMarks()
        const place = player.anyPlace(HEARD)
        if (!(await port.bind(place))) return
        await publishTo(types, player, port, announcer, noDrop)
      },
    },
    {
      name: 'binds and listens',
      where: 'places',
      async play(player) {
        const listener = types.listener(player.random)
        const port = player.open(listener.socket)
        port.setAnyMarks()
        const wanted = new Wanted(player.random, listener)
        if (!(await port.bind(player.anyPlace(HEARING)))) return
        await listen(types, player, port, wanted)
      },
    },
    {
      name: 'connects and publishes',
      where: 'places',
      async play(player) {
        const noDrop = player.random.oneIn(2)
        const announcer = types.announcer(player.random, noDrop)
        const port = player.open(announcer.socket)
        port.setAnyMarks()
        for (const place of player.somePlaces(HEARING)) await port.connect(place)
        await publishTo(types, player, port, announcer, noDrop)
      },
    },
  ]

  return {
    name: types.name,
    roles,

    async serve(player) {
      const publish = async (name: string, noDrop: boolean): Promise<void> => {
        const { socket, hears } = types.announcer(player.random, noDrop)
        const port = player.openAtHome(socket)
        port.setAnyMarks()
        await port.bind(name)
        await Promise.all([publishNews(types, player, port, noDrop), hears && hearAll(port)])
      }
      await Promise.all([publish(player.home(), false), publish(player.home(NO_DROP), true)])
    },

    async sweep(player) {
      const socket = (): Socket => types.announcer(player.random, false).socket
      await sweepSubscriptions(player, player.places(HEARD), socket)
    },
  }
}

/** Publishes a little again and again, until the socket is closed. */
export async function publishNews(
  types: BroadcastTypes,
  player: Player,
  port: Port,
  noDrop: boolean,
): Promise<void> {
  while (!port.closed) {
    const life = player.begin(promised(noDrop), types.isMultipart)
    while (life.left >= NEWS && !port.closed) {
      await life.send(port, NEWS, (frames, n) => types.dress(frames, topicOf(n)))
      await timer(NEWS_EVERY_MS)
    }
    life.end()
  }
}

/** Takes subscriptions, until the socket is closed. */
async function hearAll(port: Port): Promise<void> {
  let subscriptions: Delivery | undefined
  while ((subscriptions = await port.receive()) !== undefined) subscriptions.release()
}

/** Publishes a life, perhaps when somebody has come to listen. */
export async function publishTo(
  types: BroadcastTypes,
  player: Player,
  port: Port,
  announcer: Announcer,
  noDrop: boolean,
): Promise<void> {
  const { random } = player
  if (announcer.hears && !random.oneIn(3)) {
    const news = await port.receive(1)
    if (news === undefined) return
    news.release()
  }
  const life = player.begin(promised(noDrop), types.isMultipart)
  const count = random.between(1, life.left)
  while (life.sent < count) {
    const burst = random.between(1, Math.min(60, count - life.sent))
    const { refusal } = await life.send(port, burst, (frames, n) => types.dress(frames, topicOf(n)))
    if (refusal !== undefined) break
  }
  life.end()
}

/** Connects and listens, having said before what it wants or only then. */
export async function listenTo(
  types: BroadcastTypes,
  player: Player,
  port: Port,
  listener: Listener,
  endpoints: readonly string[],
): Promise<void> {
  const isEarly = player.random.oneIn(2)
  const early = isEarly ? new Wanted(player.random, listener) : undefined
  for (const endpoint of endpoints) await port.connect(endpoint)
  await listen(types, player, port, early ?? new Wanted(player.random, listener), isEarly)
}

/**
 * Receives some of what it wants, which it may change.
 *
 * @param mayMissNone what it wants was said in one, before anything could come
 */
async function listen(
  types: BroadcastTypes,
  player: Player,
  port: Port,
  wanted: Wanted,
  mayMissNone = false,
): Promise<void> {
  const { random } = player
  const arrivals = player.arrivals((message) => wanted.has(topicOf(message)))
  const isFickle = random.oneIn(3)
  if (isFickle || !mayMissNone) arrivals.allowGaps()
  const count = random.below(300)
  for (let received = 0; received < count;) {
    if (isFickle && random.oneIn(4)) wanted.change(random)
    const delivery = await port.receive()
    if (delivery === undefined) return
    for (const message of delivery.messages) {
      const { topic, frames } = types.read(message)
      const { sequence } = arrivals.take(frames, delivery.waitedSinceMs)
      if (topic !== topicOf(sequence)) throw new Error(`message ${sequence} came as ${topic}`)
      wanted.check(topic)
    }
    received += delivery.messages.length
    delivery.release()
  }
}

/** What a listener wants. */
class Wanted {
  readonly #listener: Listener
  readonly #now = new Set<string>()
  readonly #ever = new Set<string>()

  /** It wants one topic or more. */
  constructor(random: Random, listener: Listener) {
    this.#listener = listener
    for (let count = random.between(1, TOPICS); count > 0; count--) this.#add(random.pick(topics))
  }

  has(topic: string): boolean {
    return this.#now.has(topic)
  }

  change(random: Random): void {
    const topic = random.pick(topics)
    if (!this.#now.has(topic)) {
      this.#add(topic)
    } else if (this.#now.size > 1) {
      this.#now.delete(topic)
      this.#listener.unsubscribe(topic)
    }
  }

  /** @throws {Error} it does not want that */
  check(topic: string): void {
    const mayCome = this.#listener.isStrict ? this.#now : this.#ever
    if (!mayCome.has(topic)) throw new Error(`${topic}came; wanted were ${[...mayCome].join()}`)
  }

  #add(topic: string): void {
    if (this.#now.has(topic)) return
    this.#now.add(topic)
    this.#ever.add(topic)
    this.#listener.subscribe(topic)
  }
}

/** Takes subscriptions that were made at names which nobody has bound since. */
export async function sweepSubscriptions(
  player: Player,
  endpoints: readonly string[],
  open: () => Socket,
): Promise<void> {
  for (const endpoint of endpoints) {
    const port = player.open(open())
    await port.bind(endpoint)
    await port.close()
  }
}
