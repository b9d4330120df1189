import type { Socket } from '@ringpost/core'
import type { Random } from '../../../support/random.ts'
import type { Arrivals } from '../arrivals.ts'
import type { Promised } from '../book.ts'
import type { Life } from '../life.ts'
import type { ChaosPattern } from '../pattern.ts'
import type { Player } from '../player.ts'
import type { Port } from '../port.ts'

export interface TalkTypes {
  readonly name: string
  readonly open: () => Socket
  readonly isMultipart: boolean
}

const BURST = 5
/** Room for more bursts than are ever on their way. */
const LEAST_MARK = 20

/** Who connects has one partner and no other. */
const ofGuest = { order: 'all from the first', isForOne: true, isDelivered: false } as const
/** Who is bound has one after the other; what one of them had not received is lost. */
const ofHost = { order: 'in a row', isForOne: true, isDelivered: false } as const

/**
 * Two that talk, and nobody else.
 *
 * - Either hears what the other says in order and without a gap.
 * - Nobody hears two at once: who has been followed by another says nothing more.
 * - Who comes while there is somebody is turned away, is told nothing, and is not heard.
 */
export function talk({ name, open, isMultipart }: TalkTypes): ChaosPattern {
  async function visit(player: Player, endpoint: string): Promise<void> {
    const port = player.open(open())
    port.setAnyMarks(LEAST_MARK)
    await port.connect(endpoint)
    const voice = new Voice(player, ofGuest, isMultipart)
    await converse(port, voice, new Ear(player), player.random.below(300))
    voice.end()
  }

  return {
    name,
    roles: [
      {
        name: 'talks with the main thread, or is turned away',
        where: 'home',
        play: (player) => visit(player, player.home()),
      },
      {
        name: 'connects and talks',
        where: 'places',
        play: (player) => visit(player, player.anyPlace()),
      },
      {
        name: 'binds and talks',
        where: 'places',
        async play(player) {
          const port = player.open(open())
          port.setAnyMarks(LEAST_MARK)
          const place = player.anyPlace()
          if (!(await port.bind(place))) return
          const voice = new Voice(player, ofHost, isMultipart)
          await converse(port, voice, new Ear(player), player.random.below(300))
          voice.end()
          if (player.random.oneIn(2)) await port.unbind(place)
        },
      },
    ],

    async serve(player) {
      const port = player.openAtHome(open())
      port.setAnyMarks(LEAST_MARK)
      await port.bind(player.home())
      const voice = new Voice(player, ofHost, isMultipart)
      await receiveGuests(port, voice, new Ear(player))
      voice.end()
    },

    async sweep(player) {
      for (const place of player.places()) {
        const port = player.open(open())
        await port.bind(place)
        const ear = new Ear(player)
        while (port.readable) await ear.hear(port)
        await port.close()
      }
    },
  }
}

/**
 * Says as much as it hears, so that neither is ahead of the other by more than a burst: neither
 * then waits for room while the other waits for room, nor for a word while the other does.
 */
async function converse(port: Port, voice: Voice, ear: Ear, count: number): Promise<void> {
  while (voice.said < count && (await voice.speak(port, ear))) {
    while (ear.owed > 0) if (!(await ear.hear(port))) return
  }
}

/**
 * As `converse`, with one guest after the other and to the end. It hears while it speaks: what a guest
 * has left behind has to be heard before the next may come, and until then there is nobody to speak to.
 */
async function receiveGuests(port: Port, voice: Voice, ear: Ear): Promise<void> {
  let speaking: Promise<void> | undefined
  const speak = async (): Promise<void> => {
    while (ear.owed <= 0 && (await voice.speak(port, ear))) continue
    speaking = undefined
  }
  do if (ear.owed <= 0) speaking ??= speak()
  while (await ear.hear(port))
  await speaking
}

/** What one socket says, in one life after the other. */
class Voice {
  said = 0
  readonly #random: Random
  readonly #begin: () => Life
  #life: Life

  constructor(player: Player, promised: Promised, isMultipart: boolean) {
    this.#random = player.random
    this.#begin = () => player.begin(promised, isMultipart)
    this.#life = this.#begin()
  }

  /** Says a few words, which are to be answered with as many; false when they are not taken. */
  async speak(port: Port, ear: Ear): Promise<boolean> {
    if (this.#life.left < BURST) {
      this.#life.end()
      this.#life = this.#begin()
    }
    const { sent, refusal } = await this.#life.send(port, this.#random.between(1, BURST))
    this.said += sent
    ear.owed += sent
    return refusal === undefined
  }

  end(): void {
    this.#life.end()
  }
}

/** What one socket hears, and how many words it is owed. */
class Ear {
  owed = 0
  readonly #arrivals: Arrivals
  #partner: number | undefined
  readonly #former = new Set<number>()

  constructor(player: Player) {
    this.#arrivals = player.arrivals()
  }

  /** Waits for a word; false when none comes. @throws {Error} two are heard at once */
  async hear(port: Port): Promise<boolean> {
    const delivery = await port.receive()
    if (delivery === undefined) return false
    for (const { frames } of delivery.messages) {
      this.#take(this.#arrivals.take(frames, delivery.waitedSinceMs).sender)
    }
    delivery.release()
    return true
  }

  #take(sender: number): void {
    if (this.#former.has(sender)) throw new Error(`life ${sender} is heard after another`)
    if (sender !== this.#partner) {
      if (this.#partner !== undefined) this.#former.add(this.#partner)
      this.#partner = sender
      // What the one before has heard, this one does not owe.
      this.owed = 0
    }
    this.owed--
  }
}
