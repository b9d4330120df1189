import type { WritablePipe } from './queuedPipe.ts'

/**
 * All pipes that may be written to at once (libzmq calls it `dist`).
 *
 * A pipe at its high-water mark is parked, and left out until it says that it has room again.
 */
export class FanOut<P extends WritablePipe> {
  /** Those that may have room come first. */
  readonly #pipes: P[] = []
  #active = 0

  /** All pipes, full or not, in no particular order. */
  get pipes(): readonly P[] {
    return this.#pipes
  }

  get size(): number {
    return this.#pipes.length
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

  /** Whether one of the pipes takes a message now; parks it otherwise. */
  hasRoom(pipe: P): boolean {
    if (pipe.outIndex >= this.#active) return false
    if (pipe.canWrite() || !pipe.parkWriting()) return true
    this.#deactivate(pipe)
    return false
  }

  #deactivate(pipe: P): void {
    this.#active--
    this.#swap(pipe.outIndex, this.#active)
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
