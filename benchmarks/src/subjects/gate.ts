/**
 * A gate between two threads: it opens once. Whoever waits at it sleeps, so that waiting disturbs no
 * measurement. One 32-bit word of shared memory, 0 closed and 1 open.
 */
export class Gate {
  readonly #word: Int32Array<SharedArrayBuffer>

  /** @param memory as handed out by `Gate.allocate`, the same for every thread */
  constructor(memory: SharedArrayBuffer) {
    this.#word = new Int32Array(memory)
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  }

  get isOpen(): boolean {
    return Atomics.load(this.#word, 0) === 1
  }

  open(): void {
    Atomics.store(this.#word, 0, 1)
    Atomics.notify(this.#word, 0)
  }

  /** Waits without blocking the thread, and keeps the process alive meanwhile. */
  async opened(): Promise<void> {
    const waiting = Atomics.waitAsync(this.#word, 0, 0)
    // A pending waitAsync alone does not keep the event loop alive; a timer does.
    const alive = setInterval(() => {}, 1 << 30)
    await waiting.value
    clearInterval(alive)
  }
}
