import { Buffer } from 'node:buffer'
import { POOL_SIZE } from '../preparedMessages.ts'
import type { WeatherOptions } from './weatherSubject.ts'

const ZIP_CODES = 100_000
const WANTED_ZIP = 10_001

/** The subscription: five digits and the blank behind them. */
export const WANTED_PREFIX = `${WANTED_ZIP} `

/** A text to be written by the publisher, or a message prepared beforehand. */
export type Update = string | Buffer

/** The updates of the weather service, one after the other, and how many were of the wanted zip code. */
export interface Updates {
  next(): Update
  readonly matches: number
}

/** xorshift32, as in the C program, so that every implementation publishes the same updates. */
class Random {
  #state = 2_463_534_242 | 0

  below(limit: number): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return (state >>> 0) % limit
  }
}

function formatUpdate(random: Random, zip: number): string {
  const temperature = random.below(215) - 80
  const humidity = random.below(50) + 10
  const digits = zip < 10_000 ? String(zip).padStart(5, '0') : zip
  return `${digits} ${temperature} ${humidity}`
}

/** A message with an ArrayBuffer of its own: `postMessage` would clone all of a shared one. */
function prepare(text: string): Buffer {
  return Buffer.from(new TextEncoder().encode(text).slice().buffer)
}

/** Writes each update when it is asked for, of a random zip code, as in the Guide. */
class FormattedUpdates implements Updates {
  readonly #random = new Random()
  matches = 0

  next(): string {
    const zip = this.#random.below(ZIP_CODES)
    if (zip === WANTED_ZIP) this.matches++
    return formatUpdate(this.#random, zip)
  }
}

/** How many updates exist at once; more than a batch holds. */
const SLOTS = 512
const LONGEST_UPDATE = '99999 -80 59'.length
const ZERO = 48
const BLANK = 32
const MINUS = 45

/** Writes each update digit by digit into one of 512 buffers that are used in turn. */
class DigitUpdates implements Updates {
  readonly #random = new Random()
  /** Per slot, views of the same bytes by their length: making a view costs more than filling it. */
  readonly #views = Array.from({ length: SLOTS }, () => {
    const buffer = Buffer.alloc(LONGEST_UPDATE)
    return Array.from({ length: LONGEST_UPDATE + 1 }, (_, length) => buffer.subarray(0, length))
  })
  #slot = 0
  matches = 0

  next(): Buffer {
    const zip = this.#random.below(ZIP_CODES)
    const temperature = this.#random.below(215) - 80
    const humidity = this.#random.below(50) + 10
    if (zip === WANTED_ZIP) this.matches++
    this.#slot = (this.#slot + 1) % SLOTS
    const views = this.#views[this.#slot]!
    return views[writeUpdate(views[LONGEST_UPDATE]!, zip, temperature, humidity)]!
  }
}

/** Returns the length. */
function writeUpdate(bytes: Buffer, zip: number, temperature: number, humidity: number): number {
  for (let at = 4, rest = zip; at >= 0; at--, rest = (rest / 10) | 0) bytes[at] = ZERO + (rest % 10)
  let at = 5
  bytes[at++] = BLANK
  if (temperature < 0) bytes[at++] = MINUS
  const degrees = Math.abs(temperature)
  if (degrees >= 100) bytes[at++] = ZERO + ((degrees / 100) | 0)
  if (degrees >= 10) bytes[at++] = ZERO + (((degrees / 10) | 0) % 10)
  bytes[at++] = ZERO + (degrees % 10)
  bytes[at++] = BLANK
  bytes[at++] = ZERO + ((humidity / 10) | 0)
  bytes[at++] = ZERO + (humidity % 10)
  return at
}

/** Reuses 64 prepared updates; every 100,000th is one of the wanted zip code. */
class PreparedUpdates implements Updates {
  readonly #others: Buffer[] = []
  readonly #wanted: Buffer
  #published = 0
  matches = 0

  constructor() {
    const random = new Random()
    for (let n = 0; n < POOL_SIZE; n++) {
      const zip = WANTED_ZIP + 1 + random.below(89_000)
      this.#others.push(prepare(formatUpdate(random, zip)))
    }
    this.#wanted = prepare(formatUpdate(random, WANTED_ZIP))
  }

  next(): Buffer {
    const number = this.#published++
    if (number % ZIP_CODES !== ZIP_CODES - 1) return this.#others[number % POOL_SIZE]!
    this.matches++
    return this.#wanted
  }
}

export function openUpdates(how: WeatherOptions['how']): Updates {
  if (how === 'formatted') return new FormattedUpdates()
  return how === 'digits' ? new DigitUpdates() : new PreparedUpdates()
}
