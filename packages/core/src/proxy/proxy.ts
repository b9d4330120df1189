import { SocketError } from '../errors.ts'
import { engage, SocketBase, type Engaged } from '../socket/socket.ts'
import type { Socket } from '../socket/sockets.ts'
import { Uncloneable } from '../thread/uncloneable.ts'
import { obey } from './steering.ts'
import type { ProxyStatistics } from './traffic.ts'
import { Way } from './way.ts'

/** So many messages go one way before it is the other's turn, and before they are published. */
const BURST = 256
/** Timers and I/O of the thread wait no longer than about this. */
const LONGEST_TURN_MS = 5

/**
 * Connects two sockets: what either receives, the other sends, whole message by whole message. Of
 * the queue, forwarder and streamer of the Guide it makes any, as the types of its sockets say.
 *
 * A message is only taken when the other side has room, so that high-water marks work through it;
 * large frames are handed on in shared memory. One socket may be both ends: then it sends back.
 *
 * The sockets are the proxy's from `run` on: calls to them fail with `EBUSY`, and all of them are
 * closed when it ends. Closing one of them ends it.
 *
 * @see zmq_proxy(3), zmq_proxy_steerable(3)
 */
export class Proxy extends Uncloneable {
  readonly #frontEnd: SocketBase
  readonly #backEnd: SocketBase
  readonly #capture: SocketBase | undefined
  readonly #control: SocketBase | undefined
  #run: Run | undefined

  /**
   * @param capture gets a copy of every message, either way, and holds them up when it has no room
   *   for it: a PUB never does, a PUSH, DEALER or PAIR may
   * @param control messages to it steer the proxy: `PAUSE`, `RESUME`, `TERMINATE`, and `STATISTICS`,
   *   which is answered: a PAIR, PULL, SUB or REP
   * @throws {TypeError} one of them is no socket
   */
  constructor(frontEnd: Socket, backEnd: Socket, capture?: Socket, control?: Socket) {
    super()
    this.#frontEnd = checked(frontEnd, 'Front-end')
    this.#backEnd = checked(backEnd, 'Back-end')
    this.#capture = capture && checked(capture, 'Capture')
    this.#control = control && checked(control, 'Control')
    Object.seal(this)
  }

  get frontEnd(): Socket {
    return this.#frontEnd
  }

  get backEnd(): Socket {
    return this.#backEnd
  }

  /** What has been passed on since `run`. */
  get statistics(): ProxyStatistics {
    return this.#run?.statistics ?? NOTHING_YET
  }

  /**
   * Begins to pass messages on, and resolves when the proxy was terminated. It goes on with the
   * thread's event loop, which it leaves a turn at least every few milliseconds.
   *
   * Rejects with SocketError: `ETERM` the context was shut down; what an end refuses, as
   * `EHOSTUNREACH` of a ROUTER that is `mandatory`.
   *
   * @throws {SocketError} `EINVAL` an end is neither bound nor connected, `EBUSY` in use already
   */
  run(): Promise<void> {
    return this.#begin().inTurns()
  }

  /**
   * As `run`, blocking the thread until the proxy is terminated by its control socket or the
   * context is shut down: for a thread that does nothing else, which wakes faster so.
   *
   * @throws {SocketError} as `run`, and what `run` rejects with; `EINVAL` for sockets of different
   *   contexts
   */
  runSync(): void {
    this.#begin().blocking()
  }

  #begin(): Run {
    checkInUse(this.#frontEnd, 'Front-end')
    checkInUse(this.#backEnd, 'Back-end')
    const run = new Run(this.#frontEnd, this.#backEnd, this.#capture, this.#control)
    this.#run = run
    return run
  }

  /** Passes nothing on until `resume`; messages wait where they are. @throws {SocketError} `EBADF` */
  pause(): void {
    this.#running.pause()
  }

  /** Goes on after `pause`. @throws {SocketError} `EBADF`: it does not run */
  resume(): void {
    this.#running.resume()
  }

  /** Ends the proxy and closes its sockets. @throws {SocketError} `EBADF`: it does not run */
  terminate(): void {
    this.#running.terminate()
  }

  get #running(): Run {
    if (this.#run === undefined || this.#run.isOver) throw new SocketError('EBADF')
    return this.#run
  }
}

/** One run of a proxy, from the first message to the last. */
class Run {
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
      frontEnd: { received: received.total, sent: this.#back?.sent.total ?? NONE },
      backEnd: { received: this.#back?.received.total ?? NONE, sent: sent.total },
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
      if (this.#pass() === 0 && !this.isOver) thread.wait(Infinity, this.#isReady, this.#park)
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
    while (!this.isOver) {
      this.#hasChanged = false
      const isIdle = this.#pass() === 0 && !this.isOver && this.#park() && !this.#hasChanged
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

  /** Passes on what can be; how many messages there were. */
  #pass(): number {
    try {
      for (const { thread } of this.#engaged) thread.poll()
      this.#checkEnds()
      if (this.#control !== undefined) obey(this.#control.end.pattern, this.#control.type, this)
      if (this.#isPaused || this.isOver) return 0
      return this.#there.forward(BURST) + (this.#back?.forward(BURST) ?? 0)
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

function checked(socket: unknown, name: string): SocketBase {
  if (socket instanceof SocketBase) return socket
  throw new TypeError(`${name} must be a socket object`)
}

function checkInUse(socket: SocketBase, name: string): void {
  if (!socket.hasEndpoints) {
    throw new SocketError('EINVAL', { message: `${name} socket must be bound or connected` })
  }
}

const NONE = { messages: 0, bytes: 0 } as const
const NOTHING_YET: ProxyStatistics = {
  frontEnd: { received: NONE, sent: NONE },
  backEnd: { received: NONE, sent: NONE },
}
