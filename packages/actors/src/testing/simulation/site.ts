/** What is told when a site changes. */
interface Overseer {
  /** Something of it may have to wait, or may go on. */
  reviewed(): void
}

/** Where steps happen, so that they can be held up or ended together: a host, or a connection. */
export class Site {
  readonly #overseer: Overseer
  #holds = 0
  #isOver = false
  /** What becomes of an error that one of its steps throws; undefined: the run fails. */
  crash: ((error: unknown) => void) | undefined

  constructor(overseer: Overseer) {
    this.#overseer = overseer
  }

  get isHeld(): boolean {
    return this.#holds > 0
  }

  /** Whether nothing happens here any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Nothing happens here. @returns until that is called */
  hold(): () => void {
    let isHolding = true
    this.#holds++
    this.#overseer.reviewed()
    return () => {
      if (!isHolding) return
      isHolding = false
      this.#holds--
      this.#overseer.reviewed()
    }
  }

  /** What was to happen here never will. */
  end(): void {
    this.#isOver = true
    this.#overseer.reviewed()
  }
}
