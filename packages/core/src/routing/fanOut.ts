import type { WritablePipe } from './queuedPipe.ts'

/** All pipes that may be written to at once (libzmq calls it `dist`). */
export class FanOut<P extends WritablePipe> {
  readonly #pipes: P[] = []

  get pipes(): readonly P[] {
    return this.#pipes
  }

  get size(): number {
    return this.#pipes.length
  }

  attach(pipe: P): void {
    pipe.outIndex = this.#pipes.push(pipe) - 1
  }

  detach(pipe: P): void {
    if (pipe.outIndex < 0) return
    const last = this.#pipes.pop()!
    if (last !== pipe) {
      this.#pipes[pipe.outIndex] = last
      last.outIndex = pipe.outIndex
    }
    pipe.outIndex = -1
  }
}
