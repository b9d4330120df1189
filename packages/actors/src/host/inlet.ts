import { SocketError, type Pull } from '@ringpost/core'
import { engage, type Engaged, type Looker } from '@ringpost/core/internal'
import { soon } from './soon.ts'

/** So many bytes are read until timers and I/O have their turn. */
const BYTES_PER_TURN = 256 * 1024

/** And so many while it takes long to handle what was read before. */
const BYTES_UNHANDLED = 32 * 1024

/** What the shortest frame counts for, beside what it holds. */
const FRAME_BYTES = 256

/** What does something with what is read. */
export interface Handling {
  /** `run` follows: what is read now need not see to that. */
  expectRun(): void
  /** Handles what was read. @returns false: that takes longer, and goes on by itself */
  run(): boolean
}

/**
 * Reads the frames that other hosts send to one socket of this one, as soon as they are there. Without a
 * promise for each wait: those take longer than all else that a short message needs.
 */
export class Inlet {
  readonly #pull: Pull
  readonly #engaged: Engaged
  readonly #read: (frame: Buffer) => void
  readonly #handling: Handling
  readonly #looker: Looker
  #isDue = false
  #isReading = false

  /**
   * @param pull is bound already
   * @param read called with each frame
   * @param handling run after each frame, so that what it held is done before the next is read
   */
  constructor(pull: Pull, read: (frame: Buffer) => void, handling: Handling) {
    this.#pull = pull
    this.#read = read
    this.#handling = handling
    this.#engaged = pull[engage](this.#changed)
    const { pattern } = this.#engaged
    this.#looker = {
      isReady: () => !pull.closed && pattern.canReceive(),
      park: () => pull.closed || pattern.parkReceiving(),
      look: this.#changed,
    }
    // The host lives until it is closed.
    this.#engaged.thread.keepAlive.hold()
    this.#changed()
  }

  close(): void {
    if (this.#pull.closed) return
    this.#engaged.thread.keepAlive.release()
    this.#pull.close()
  }

  readonly #changed = (): void => {
    // While it reads, it finds whatever comes.
    if (this.#isDue || this.#isReading) return
    this.#isDue = true
    soon(this.#turn)
  }

  readonly #turn = (): void => {
    this.#isDue = false
    if (this.#pull.closed) return
    if (this.#pull.context.isShutDown) throw new SocketError('ETERM')
    this.#isReading = true
    const isDone = this.#readSome()
    this.#isReading = false
    if (isDone) return
    this.#isDue = true
    setImmediate(this.#turn)
  }

  /** @returns false: there may be more, but others have their turn first */
  #readSome(): boolean {
    const { pattern, thread } = this.#engaged
    let bytes = 0
    let unhandled = 0
    while (bytes < BYTES_PER_TURN && unhandled < BYTES_UNHANDLED) {
      const message = pattern.receive()
      if (typeof message === 'string') {
        if (thread.lookAfter(this.#looker)) return true
        continue
      }
      const [frame] = message
      const size = FRAME_BYTES + frame!.length
      const isHandledNow = unhandled === 0
      if (isHandledNow) this.#handling.expectRun()
      this.#read(frame!)
      bytes += size
      // What is handled soon is young garbage, and mailboxes stay short.
      if (!isHandledNow || !this.#handling.run()) unhandled += size
      // What was handled may have closed the host.
      if (this.#pull.closed) return true
    }
    return false
  }
}
