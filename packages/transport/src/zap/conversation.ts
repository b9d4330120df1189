import { socketTypeId, type Pipe, type PipeOwner, type Site } from '@ringpost/core/internal'
import { ZAP_NAME } from './zapMessage.ts'

/** A DEALER as far as the handler, a REP or ROUTER, can see. High-water marks are the handler's. */
const SETTINGS = {
  socketId: 0,
  socketType: socketTypeId.Dealer,
  sendHighWaterMark: -1,
  receiveHighWaterMark: -1,
  routingId: new Uint8Array(),
  isConflating: false,
} as const

/** One request to a ZAP handler, and its reply: a pipe of its own, without a socket around it. */
export class Conversation implements PipeOwner {
  readonly #inproc: Site['inproc']
  readonly #pipe: Pipe
  readonly #onEnd: (reply: Buffer[] | undefined) => void
  #isOver = false

  /**
   * @param onEnd called once: with the reply, or with undefined when there will be none
   * @throws {SocketError} `ENOCOMPATPROTO`: the handler is neither REP nor ROUTER; `EMFILE`, `ENOMEM`
   */
  constructor(inproc: Site['inproc'], onEnd: (reply: Buffer[] | undefined) => void) {
    this.#inproc = inproc
    this.#onEnd = onEnd
    this.#pipe = inproc.connect(ZAP_NAME, SETTINGS, this)
  }

  /**
   * The reply may be there already when this returns.
   *
   * @throws {SocketError} `ENOMEM`
   */
  ask(request: Buffer[]): void {
    this.#pipe.write(request)
    this.#pipe.flush()
    this.#read()
  }

  /** Whether there is a handler that has not taken the request yet. */
  get isUnread(): boolean {
    return !this.#isOver && !this.#pipe.isPending && this.#pipe.backlog > 0
  }

  close(): void {
    this.#inproc.close(this.#pipe, 0)
  }

  #read(): void {
    const pipe = this.#pipe
    while (!pipe.canRead()) if (pipe.parkReading()) return
    this.#end(pipe.read())
    this.close()
  }

  #end(reply: Buffer[] | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#onEnd(reply)
  }

  pipeAttached(pipe: Pipe): void {
    this.#inproc.stopWaiting(pipe)
  }

  pipeReadable(): void {
    if (!this.#isOver) this.#read()
  }

  pipeWritable(): void {
    // One message is all there is to write.
  }

  pipeEnded(pipe: Pipe): void {
    this.#inproc.stopWaiting(pipe)
    this.#end(undefined)
  }
}
