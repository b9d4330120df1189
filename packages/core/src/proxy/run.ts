import { SocketError } from '../errors.ts'
import { engage, type Engaged, type SocketBase } from '../socket/socket.ts'
import { obey } from './steering.ts'
import { NO_TRAFFIC, type ProxyStatistics } from './traffic.ts'
import { Way } from './way.ts'

/** So many messages go one way before it is the other's turn, and before they are published. */
const BURST = 256
/** Timers and I/O of the thread wait no longer than about this. */
const LONGEST_TURN_MS = 1

/** One run of a proxy, from the first message to the last. */
export class Run {
  isOver = false
  readonly #sockets: readonly SocketBase[]
  readonly #engaged: readonly Engaged[]
  readonly #control: { readonly end: Engaged; readonly type: number } | undefined
  readonly #there: Way
  /** The other way; there is none when one socket is both ends. */
  readonly #back: Way | undefined
  #isPaused = false
  #error: Error | undefined
  #onEnd: (() => void) | undefined

  constructor(
    frontEnd: SocketBase,
    backEnd: SocketBase,
    captureSocket: SocketBase | undefined,
    controlSocket: SocketBase | undefined,
  ) {
    const given = [frontEnd, backEnd, captureSocket, controlSocket]
    this.#sockets = [...new Set(given.filter((socket) => socket !== undefined))]
    const ends = engageAll(this.#sockets, this.#changed)
    this.#engaged = [...ends.values()]
    const front = ends.get(frontEnd)!.pattern
    const back = ends.get(backEnd)!.pattern
    const capture = captureSocket && ends.get(captureSocket)!.pattern
    this.#control = controlSocket && {
      end: ends.get(controlSocket)!,
      type: controlSocket.options.type,
    }
    this.#there = new Way({ from: front, to: back, capture })
    this.#back = front === back ? undefined : new Way({ from: back, to: front, capture })
  }

  get statistics(): ProxyStatistics {
    const { received, sent } = this.#there
    return {
      frontEnd: { received: received.total, sent: this.#back?.sent.total ?? NO_TRAFFIC },
      backEnd: { received: this.#back?.received.total ?? NO_TRAFFIC, sent: sent.total },
    }
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#changed()
  }

  terminate(): void {
    if (this.isOver) return
    this.isOver = true
    this.#there.end()
    this.#back?.end()
    for (const socket of this.#sockets) socket.close()
    this.#onEnd?.()
  }

  #fail(error: Error): void {
    this.#error ??= error
    this.terminate()
  }

  // ---- blocking

  blocking(): void {
    const { thread } = this.#engaged[0]!
    if (this.#engaged.some((end) => end.thread !== thread)) {
      this.#fail(new SocketError('EINVAL', { message: 'The sockets are of different contexts' }))
    }
    while (!this.isOver) {
      if (this.#pass(Infinity) === 0 && !this.isOver)
        thread.wait(Infinity, this.#isReady, this.#park)
    }
    if (this.#error !== undefined) throw this.#error
  }

  readonly #isReady = (): boolean =>
    this.isOver ||
    this.#control?.end.pattern.canReceive() === true ||
    (!this.#isPaused && (this.#there.canForward() || this.#back?.canForward() === true))

  // ---- turn by turn

  /** A pass is due, by a microtask or after the event loop has turned. */
  #isDue = false
  #isPassing = false
  /** Something happened in the middle of a pass. */
  #hasChanged = false
  /** When the event loop is to be let on; 0 before this turn's first pass. */
  #turnEndsAt = 0

  inTurns(): Promise<void> {
    for (const { thread } of this.#engaged) thread.keepAlive.hold()
    return new Promise((resolve, reject) => {
      this.#onEnd = () => {
        for (const { thread } of this.#engaged) thread.keepAlive.release()
        if (this.#error === undefined) resolve()
        else reject(this.#error)
      }
      this.#changed()
    })
  }

  /** There may be something to do. */
  readonly #changed = (): void => {
    if (this.#onEnd === undefined || this.isOver) return
    this.#hasChanged = true
    if (this.#isDue || this.#isPassing) return
    this.#isDue = true
    if (this.#isTurnOver()) setImmediate(this.#passInTurn)
    else queueMicrotask(this.#passInTurn)
  }

  readonly #passInTurn = (): void => {
    this.#isDue = false
    this.#isPassing = true
    this.#isTurnOver()
    while (!this.isOver) {
      this.#hasChanged = false
      const isIdle =
        this.#pass(this.#turnEndsAt) === 0 && !this.isOver && this.#park() && !this.#hasChanged
      if (isIdle) break
      if (!this.#isTurnOver()) continue
      this.#isDue = true
      setImmediate(this.#passInTurn)
      break
    }
    this.#isPassing = false
  }

  /** Microtasks alone would keep the event loop from turning. */
  #isTurnOver(): boolean {
    const now = performance.now()
    if (this.#turnEndsAt !== 0) return now >= this.#turnEndsAt
    this.#turnEndsAt = now + LONGEST_TURN_MS
    setImmediate(() => {
      this.#turnEndsAt = 0
    })
    return false
  }

  // ---- either way

  /** Passes on what can be, until then; how many messages there were. */
  #pass(endAt: number): number {
    try {
      for (const { thread } of this.#engaged) thread.poll()
      this.#checkEnds()
      if (this.#control !== undefined) obey(this.#control.end.pattern, this.#control.type, this)
      if (this.#isPaused || this.isOver) return 0
      const there = this.#there.forward(BURST, endAt)
      return there + (this.#back?.forward(BURST, endAt) ?? 0)
    } catch (error) {
      this.#fail(error as Error)
      return 0
    } finally {
      if (!this.isOver) for (const end of this.#engaged) end.flush()
    }
  }

  #checkEnds(): void {
    for (const socket of this.#sockets) {
      if (socket.closed) this.terminate()
      else if (socket.context.isShutDown) throw new SocketError('ETERM')
    }
  }

  readonly #park = (): boolean => {
    const control = this.#control
    if (control !== undefined && !control.end.pattern.parkReceiving()) return false
    if (this.#isPaused) return true
    return this.#there.park() && (this.#back?.park() ?? true)
  }
}

function engageAll(sockets: readonly SocketBase[], onChange: () => void): Map<SocketBase, Engaged> {
  const ends = new Map<SocketBase, Engaged>()
  try {
    for (const socket of sockets) ends.set(socket, socket[engage](onChange))
    return ends
  } catch (error) {
    for (const end of ends.values()) end.release()
    throw error
  }
}
