import { setImmediate as turn } from 'node:timers/promises'
import type { Socket } from '@ringpost/core'
import type { Random } from '../../support/random.ts'
import { Arrivals } from './arrivals.ts'
import type { Book, Promised } from './book.ts'
import { Life } from './life.ts'
import { Port, type PortOwner } from './port.ts'
import type { Seat } from './seats.ts'

/** So few that threads meet there. */
const PLACES = 2

/** For whoever waits for somebody who is there for sure. */
const FOR_EVER = -1
/** Others may wait in vain, and mostly do not wait long, so that they soon meet somebody else. */
const LITTLE_PATIENCE_MS = 200
/** For who lives to see that a message which was there did not wake him. Longer than `LATE_MS`. */
const PATIENCE_MS = 8000

export interface PlayerSettings {
  readonly random: Random
  readonly book: Book
  /** Which of the patterns it plays. */
  readonly pattern: number
  readonly patternName: string
  readonly isMain: boolean
  /** Whether its thread will be terminated. */
  readonly isMortal: boolean
  readonly seat?: Seat
}

/** Somebody who plays a part in a pattern: a thread for a while, or the main thread to the end. */
export class Player implements PortOwner {
  readonly random: Random
  readonly seat: Seat | undefined
  readonly isMain: boolean
  readonly #isMortal: boolean
  readonly #book: Book
  readonly #pattern: number
  readonly #name: string
  readonly #ports = new Set<Port>()

  constructor(settings: PlayerSettings) {
    this.random = settings.random
    this.seat = settings.seat
    this.isMain = settings.isMain
    this.#isMortal = settings.isMortal
    this.#book = settings.book
    this.#pattern = settings.pattern
    this.#name = settings.patternName
  }

  // ---- names

  /** A name that the main thread has bound, to the end. */
  home(part = ''): string {
    return `inproc://${this.#name}/home${part}`
  }

  /** All names that threads bind and unbind. */
  places(part = ''): string[] {
    return Array.from({ length: PLACES }, (_, i) => `inproc://${this.#name}/${i}${part}`)
  }

  anyPlace(part = ''): string {
    return this.random.pick(this.places(part))
  }

  /** One place or several, none of them twice. */
  somePlaces(part = ''): string[] {
    const places = this.places(part)
    return this.random.oneIn(3) ? places : [this.random.pick(places)]
  }

  // ---- sockets

  /** For sockets whose peer is there for sure: they wait as long as it takes. */
  openAtHome(socket: Socket): Port {
    return this.#open(socket, FOR_EVER)
  }

  /** For sockets that meet those of threads, which come and go: they lose patience. */
  open(socket: Socket): Port {
    const hasMuch = this.random.oneIn(this.#isMortal ? 16 : 4)
    return this.#open(socket, hasMuch ? PATIENCE_MS : LITTLE_PATIENCE_MS)
  }

  #open(socket: Socket, patienceMs: number): Port {
    const port = new Port(this, socket, patienceMs)
    this.#ports.add(port)
    return port
  }

  /** Whether there is something left to receive. */
  get isReadable(): boolean {
    return [...this.#ports].some((port) => port.readable)
  }

  async close(): Promise<void> {
    for (const port of this.#ports) await port.close()
    this.#ports.clear()
  }

  // ---- messages

  begin(promised: Promised, isMultipart: boolean): Life {
    return new Life(this.#book, this.#pattern, promised, this.random, isMultipart)
  }

  arrivals(isWanted?: (message: number) => boolean): Arrivals {
    return new Arrivals(this.#book, this.isMain, isWanted)
  }

  /** Lets the event loop turn, where it is shared. */
  async pause(): Promise<void> {
    if (this.isMain) await turn()
  }
}
