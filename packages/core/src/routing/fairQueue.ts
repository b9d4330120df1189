import type { ReadablePipe } from './queuedPipe.ts'

/** So many pipes are looked at again and again before they are parked. */
const WATCHED_PIPES = 4

/**
 * Takes messages from pipes in turn, so that no peer drowns out the others (libzmq calls it `fq`).
 *
 * Pipes that may have messages come first; the parked ones behind them cost nothing until they
 * say that they are readable again.
 */
export class FairQueue<P extends ReadablePipe> {
  readonly #pipes: P[] = []
  readonly #isSink: boolean
  #active = 0
  #current = 0

  /** @param isSink of a socket that only receives: nobody waits for its answers */
  constructor(isSink = false) {
    this.#isSink = isSink
  }

  get size(): number {
    return this.#pipes.length
  }

  /** All pipes, in no particular order. */
  get pipes(): readonly P[] {
    return this.#pipes
  }

  attach(pipe: P): void {
    pipe.inIndex = this.#pipes.push(pipe) - 1
    this.activate(pipe)
  }

  /** The pipe is readable again. */
  activate(pipe: P): void {
    if (pipe.inIndex < this.#active) return
    pipe.unparkReading()
    this.#swap(pipe.inIndex, this.#active)
    this.#active++
  }

  detach(pipe: P): void {
    if (pipe.inIndex < 0) return
    if (pipe.inIndex < this.#active) this.#deactivate(pipe)
    this.#swap(pipe.inIndex, this.#pipes.length - 1)
    this.#pipes.pop()
    pipe.inIndex = -1
  }

  /** The pipe whose message is next; undefined when there is none. Call `advance` after it. */
  next(): P | undefined {
    let left = this.#active
    // With several, each is looked at seldom enough.
    const isStream = this.#isSink && left === 1
    while (left-- > 0) {
      const pipe = this.#pipes[this.#current]!
      if (isStream ? pipe.canReadStream() : pipe.canRead()) return pipe
      if (pipe.endIfDrained()) {
        // Another one has its place now, which may have been looked at before the others.
        left = this.#active
        continue
      }
      if (this.#active > WATCHED_PIPES && pipe.parkReading()) this.#deactivate(pipe)
      else this.advance()
    }
    return undefined
  }

  /** The next message shall come from another pipe. */
  advance(): void {
    this.#current++
    this.#wrap()
  }

  /** Those that may have messages; none is to come or go meanwhile. */
  forEachActive(act: (pipe: P) => void): void {
    for (let index = 0; index < this.#active; index++) act(this.#pipes[index]!)
  }

  /** Parks all pipes. False when one of them has a message after all. */
  park(): boolean {
    while (this.#active > 0) {
      const pipe = this.#pipes[this.#active - 1]!
      if (pipe.endIfDrained()) continue
      if (!pipe.parkReading()) return false
      this.#deactivate(pipe)
    }
    return true
  }

  #deactivate(pipe: P): void {
    this.#active--
    this.#swap(pipe.inIndex, this.#active)
    this.#wrap()
  }

  /** At the end of a round the next begins: who comes now does not come before those that wait for it. */
  #wrap(): void {
    if (this.#current >= this.#active) this.#current = 0
  }

  #swap(a: number, b: number): void {
    const pipes = this.#pipes
    const first = pipes[a]!
    const second = pipes[b]!
    pipes[a] = second
    pipes[b] = first
    second.inIndex = a
    first.inIndex = b
  }
}
