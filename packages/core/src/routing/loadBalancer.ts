import type { WritablePipe } from './queuedPipe.ts'

/**
 * Gives each message to one pipe with room, taking pipes in turn (libzmq calls it `lb`).
 *
 * Pipes with room come first; those at their high-water mark wait parked behind them.
 */
export class LoadBalancer<P extends WritablePipe> {
  readonly #pipes: P[] = []
  #active = 0
  #current = 0

  get size(): number {
    return this.#pipes.length
  }

  get pipes(): readonly P[] {
    return this.#pipes
  }

  attach(pipe: P): void {
    pipe.outIndex = this.#pipes.push(pipe) - 1
    this.activate(pipe)
  }

  /** The pipe has room again. */
  activate(pipe: P): void {
    if (pipe.outIndex < this.#active) return
    this.#swap(pipe.outIndex, this.#active)
    this.#active++
  }

  detach(pipe: P): void {
    if (pipe.outIndex < 0) return
    if (pipe.outIndex < this.#active) this.#deactivate(pipe)
    this.#swap(pipe.outIndex, this.#pipes.length - 1)
    this.#pipes.pop()
    pipe.outIndex = -1
  }

  /** The pipe whose turn it is; undefined when none has room. Call `advance` after it. */
  next(): P | undefined {
    while (this.#active > 0) {
      const pipe = this.#pipes[this.#current]!
      if (pipe.canWrite()) return pipe
      // Parked at once: its reader says when about half of its messages are gone.
      if (pipe.parkWriting()) this.#deactivate(pipe)
    }
    return undefined
  }

  /** The next message is for another pipe. */
  advance(): void {
    this.#current++
    this.#wrap()
  }

  #deactivate(pipe: P): void {
    this.#active--
    this.#swap(pipe.outIndex, this.#active)
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
    second.outIndex = a
    first.outIndex = b
  }
}
