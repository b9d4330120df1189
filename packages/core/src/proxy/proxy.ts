import type { InspectOptions } from 'node:util'
import { SocketError } from '../errors.ts'
import { outline, show } from '../inspection.ts'
import { SocketBase } from '../socket/socket.ts'
import type { Socket } from '../socket/sockets.ts'
import { Uncloneable } from '../thread/uncloneable.ts'
import { Run } from './run.ts'
import { NO_TRAFFIC, type ProxyStatistics } from './traffic.ts'

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
export class Proxy<
  Front extends Socket = Socket,
  Back extends Socket = Socket,
> extends Uncloneable {
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
  constructor(frontEnd: Front, backEnd: Back, capture?: Socket, control?: Socket) {
    super()
    this.#frontEnd = checked(frontEnd, 'Front-end')
    this.#backEnd = checked(backEnd, 'Back-end')
    this.#capture = capture && checked(capture, 'Capture')
    this.#control = control && checked(control, 'Control')
    Object.seal(this)
  }

  get frontEnd(): Front {
    return this.#frontEnd as unknown as Front
  }

  get backEnd(): Back {
    return this.#backEnd as unknown as Back
  }

  /** @internal */
  [show](depth: number, options: InspectOptions): string {
    return outline(this, #run in this ? this.#facts : undefined, depth, options)
  }

  get #facts(): object {
    const { frontEnd, backEnd } = this
    return { frontEnd, backEnd, isRunning: this.#run?.isOver === false }
  }

  /** What has been passed on since `run`. */
  get statistics(): ProxyStatistics {
    return this.#run?.statistics ?? NOTHING_YET
  }

  /**
   * Begins to pass messages on, and resolves when the proxy was terminated. It goes on with the
   * thread's event loop, which it leaves a turn about every millisecond.
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
    this.#running().pause()
  }

  /** Goes on after `pause`. @throws {SocketError} `EBADF`: it does not run */
  resume(): void {
    this.#running().resume()
  }

  /** Ends the proxy and closes its sockets. @throws {SocketError} `EBADF`: it does not run */
  terminate(): void {
    this.#running().terminate()
  }

  #running(): Run {
    if (this.#run === undefined || this.#run.isOver) throw new SocketError('EBADF')
    return this.#run
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

const NOTHING_YET: ProxyStatistics = {
  frontEnd: { received: NO_TRAFFIC, sent: NO_TRAFFIC },
  backEnd: { received: NO_TRAFFIC, sent: NO_TRAFFIC },
}
