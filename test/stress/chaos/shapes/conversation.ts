import type { Socket } from '@ringpost/core'
import type { Random } from '../../../support/random.ts'
import type { Arrivals } from '../arrivals.ts'
import type { Order } from '../book.ts'
import { stampOn, type Frame, type Message } from '../message.ts'
import type { ChaosPattern, Role } from '../pattern.ts'
import type { Player } from '../player.ts'
import type { Delivery, Port } from '../port.ts'

/** Who asks. */
export interface Asker {
  readonly socket: Socket
  /** Questions on their way at once. */
  readonly window: number
  /** Whether it may ask again when it has lost patience with an answer. */
  readonly mayAskAgain?: boolean
  /** A question as it is sent. */
  ask(frames: readonly Frame[]): readonly Frame[]
  /** What stands in an answer. */
  answerIn(frames: readonly Frame[]): readonly Frame[]
}

/** Who answers whoever asks. */
export interface Answerer {
  readonly socket: Socket
  /** Questions that it takes before it answers them. */
  readonly window: number
  /** What stands in a question, which goes back as it came. */
  questionIn(frames: readonly Frame[]): readonly Frame[]
}

export interface ConversationTypes {
  readonly name: string
  readonly asker: (random: Random) => Asker
  readonly answerer: (random: Random) => Answerer
  readonly isMultipart: boolean
  /** Whether who asks may be bound: it need not know whom it asks. */
  readonly mayAskerBind: boolean
  /** Takes questions that nobody has come for, and need not answer them. */
  readonly sweeper?: (random: Random) => Answerer
}

/** Names where somebody answers, and where somebody asks. */
const ASKED = '-asked'
const ASKING = '-asking'

/**
 * Questions and answers.
 *
 * - Every answer belongs to a question that is open, and is its equal; no question has two.
 * - Questions and answers between two sockets that have nobody else keep their order.
 * - The main thread answers every question.
 */
export function conversation(types: ConversationTypes): ChaosPattern {
  const { name, asker, answerer, isMultipart, sweeper = answerer } = types

  const withAskerConnected: readonly Role[] = [
    {
      name: 'asks the main thread',
      where: 'home',
      async play(player) {
        const who = asker(player.random)
        const port = player.openAtHome(who.socket)
        port.setAnyMarks(marksOf(who))
        const targets = [await port.connect(player.home(ASKED))]
        await ask({ player, port, who, order: 'all from the first', targets, isMultipart })
      },
    },
    {
      name: 'connects and asks',
      where: 'places',
      async play(player) {
        const who = asker(player.random)
        const port = player.open(who.socket)
        port.setAnyMarks(marksOf(who))
        const targets: Targets = []
        for (const place of player.somePlaces(ASKED)) targets.push(await port.connect(place))
        const order = targets.length === 1 ? 'all from the first' : 'in any order'
        await ask({ player, port, who, order, targets, isMultipart })
      },
    },
    {
      name: 'binds and answers',
      where: 'places',
      async play(player) {
        const who = answerer(player.random)
        const port = player.open(who.socket)
        port.setAnyMarks()
        const place = player.anyPlace(ASKED)
        if (!(await port.bind(place))) return
        const arrivals = player.arrivals()
        await answer(port, who, arrivals, player.random.below(500))
        // Who has connected may go on.
        await port.unbind(place)
        if (player.random.oneIn(2)) await answer(port, who, arrivals, 10)
      },
    },
  ]

  const withAskerBound: readonly Role[] = [
    {
      name: 'binds and asks',
      where: 'places',
      async play(player) {
        const who = asker(player.random)
        const port = player.open(who.socket)
        port.setAnyMarks(marksOf(who))
        if (!(await port.bind(player.anyPlace(ASKING)))) return
        await ask({ player, port, who, order: 'in order', targets: [undefined], isMultipart })
      },
    },
    {
      name: 'connects and answers',
      where: 'places',
      async play(player) {
        const who = answerer(player.random)
        const port = player.open(who.socket)
        port.setAnyMarks()
        for (const place of player.somePlaces(ASKING)) await port.connect(place)
        await answer(port, who, player.arrivals(), player.random.below(500))
      },
    },
  ]

  return {
    name,
    roles: types.mayAskerBind ? [...withAskerConnected, ...withAskerBound] : withAskerConnected,

    async serve(player) {
      const who = answerer(player.random)
      const port = player.openAtHome(who.socket)
      port.setAnyMarks()
      await port.bind(player.home(ASKED))
      await answer(port, who, player.arrivals(), Infinity)
    },

    async sweep(player) {
      await sweepQuestions(player, player.places(ASKED), () => sweeper(player.random))
    },
  }
}

/**
 * What an asker must have room for, so that no answer is dropped and none has to wait: messages that
 * were read may count as unread up to half of a limit.
 */
export const marksOf = ({ window }: Asker): number => 2 * window

type Targets = (object | undefined)[]

export interface Asking {
  readonly player: Player
  readonly port: Port
  readonly who: Asker
  /** Of the questions, at each of those that answer. */
  readonly order: Order
  /** Whom to ask, where the type has to know. */
  readonly targets: Targets
  readonly isMultipart: boolean
}

/** Asks until there are enough answers, or one does not come. */
export async function ask(asking: Asking): Promise<void> {
  const { player, port, who, order, targets, isMultipart } = asking
  const life = player.begin({ order, isForOne: true, isDelivered: false }, isMultipart)
  const count = player.random.below(200)
  while (life.sent < count) {
    const first = life.sent
    const { refusal } = await life.send(port, player.random.between(1, who.window), (frames) => ({
      frames: who.ask(frames),
      target: player.random.pick(targets),
    }))
    if (refusal !== undefined) break
    const open = new Set(Array.from({ length: life.sent - first }, (_, i) => first + i))
    const isAnswered = await takeAnswers(asking, life.number, open)
    if (!isAnswered && who.mayAskAgain !== true) break
  }
  life.end()
}

/** Takes the answers to open questions; false when one of them does not come. */
async function takeAnswers(
  { port, who, order }: Asking,
  life: number,
  open: Set<number>,
): Promise<boolean> {
  const isInOrder = order === 'all from the first'
  while (open.size > 0) {
    const delivery = await port.receive(open.size)
    if (delivery === undefined) return false
    for (const { frames } of delivery.messages) {
      const { sender, sequence } = stampOn(who.answerIn(frames))
      const [next] = open
      const isExpected = sender === life && (isInOrder ? sequence === next : open.has(sequence))
      if (!isExpected) {
        const asked = `${[...open].join()} of life ${life}`
        throw new Error(`answer to ${sequence} of life ${sender}; open were ${asked}`)
      }
      open.delete(sequence)
    }
    delivery.release()
  }
  return true
}

/** Answers so many questions or a few more, until none come any more. */
export async function answer(
  port: Port,
  who: Answerer,
  arrivals: Arrivals,
  count: number,
): Promise<void> {
  let answered = 0
  while (answered < count) {
    const delivery = await port.receive(who.window)
    if (delivery === undefined) return
    takeQuestions(delivery, who, arrivals)
    const isDone = await sendBack(port, delivery.messages)
    delivery.release()
    if (!isDone) return
    answered += delivery.messages.length
  }
}

function takeQuestions(delivery: Delivery, who: Answerer, arrivals: Arrivals): void {
  for (const { frames } of delivery.messages) {
    arrivals.take(who.questionIn(frames), delivery.waitedSinceMs)
  }
}

/** Passes over those that have gone. False when somebody does not take it, or it is closed. */
async function sendBack(port: Port, messages: readonly Message[]): Promise<boolean> {
  let rest = messages
  while (rest.length > 0) {
    const { sent, refusal } = await port.send(rest)
    if (refusal !== undefined && refusal !== 'EHOSTUNREACH') return false
    rest = rest.slice(sent + 1)
  }
  return true
}

/** Takes questions that were asked at names which nobody has bound since. */
export async function sweepQuestions(
  player: Player,
  endpoints: readonly string[],
  sweeper: () => Answerer,
): Promise<void> {
  for (const endpoint of endpoints) {
    const who = sweeper()
    const port = player.open(who.socket)
    await port.bind(endpoint)
    const arrivals = player.arrivals()
    while (port.readable) {
      const delivery = (await port.receive())!
      takeQuestions(delivery, who, arrivals)
      delivery.release()
    }
    await port.close()
  }
}
