import { deserialize, serialize } from 'node:v8'
import { SocketError } from '@ringpost/core'
import {
  socketTypeId,
  type Inproc,
  type Pipe,
  type PipeOwner,
  type PipeSettings,
  type Thread,
} from '@ringpost/core/internal'

/** So many notices that the other side has not read are kept; there is no room for more. */
const MOST_NOTICES = 1000
const NO_LIMIT = 0
/** Both sides' marks are added up. */
const NOTHING_MORE = -1

const settings = { socketId: 0, socketType: socketTypeId.Pair, isConflating: false } as const
const ofSocketsSide: PipeSettings = {
  ...settings,
  sendHighWaterMark: NO_LIMIT,
  receiveHighWaterMark: MOST_NOTICES,
  routingId: new Uint8Array(),
}
const ofIoSide: PipeSettings = {
  ...ofSocketsSide,
  sendHighWaterMark: NOTHING_MORE,
  receiveHighWaterMark: NO_LIMIT,
}

/** What passes between a thread that has sockets and one that does I/O for them, in order. */
export class Channel<Out, In> implements PipeOwner {
  readonly #thread: Thread
  readonly #take: (message: In) => void
  readonly #onEnd: () => void
  /** For which there was no room: the latest of each name, in the order in which they came. */
  readonly #kept = new Map<string, Out>()
  /** For which there was no memory, in their order: not more than the other side has asked for. */
  readonly #unsent: Out[] = []
  #pipe!: Pipe

  private constructor(thread: Thread, take: (message: In) => void, onEnd: () => void) {
    this.#thread = thread
    this.#take = take
    this.#onEnd = onEnd
  }

  /**
   * The end of the thread that has sockets; the other one need not be there yet.
   *
   * @param onEnd the other thread is gone
   */
  static connect<Out, In>(
    thread: Thread,
    inproc: Inproc,
    name: string,
    take: (message: In) => void,
    onEnd: () => void,
  ): Channel<Out, In> {
    const channel = new Channel<Out, In>(thread, take, onEnd)
    channel.#pipe = inproc.connect(name, ofSocketsSide, channel)
    thread.arm()
    channel.drain()
    return channel
  }

  /** The end of the thread that does I/O; the other one waits at the name. */
  static join<Out, In>(
    thread: Thread,
    inproc: Inproc,
    name: string,
    take: (message: In) => void,
  ): Channel<Out, In> {
    // Without the other thread this one is ended, too.
    const channel = new Channel<Out, In>(thread, take, () => undefined)
    const binding = inproc.bind(name, ofIoSide, channel, (pipe) => {
      channel.#pipe = pipe
    })
    inproc.unbind(binding)
    thread.arm()
    return channel
  }

  /** Where there is no memory for it, it waits until there is. */
  post(message: Out): void {
    if (this.#unsent.length > 0 || !this.#tryPost(message)) this.#unsent.push(message)
  }

  /** When it is false, `pipeWritable` follows once memory is given back. */
  #tryPost(message: Out): boolean {
    if (this.#write(message)) return true
    this.#thread.awaitMemory()
    // It may have been given back in between.
    return this.#write(message)
  }

  /** @returns false: there is no memory for it */
  #write(message: Out): boolean {
    try {
      this.#pipe.write(serialize(message))
    } catch (error) {
      if (!(error instanceof SocketError) || error.code !== 'ENOMEM') throw error
      return false
    }
    this.#pipe.flush()
    return true
  }

  /**
   * As `post`, for what the other side can do without.
   *
   * @returns false: it has not read for long, and does not get this
   */
  offer(message: Out): boolean {
    // What is kept goes before.
    if (this.#kept.size > 0 || this.#unsent.length > 0 || !this.#pipe.canWrite()) return false
    return this.#write(message)
  }

  /**
   * As `offer`, for what the other side is to know in the end: where there is no room, the latest of each
   * name is kept until there is.
   */
  offerLatest(name: string, message: Out): void {
    if (this.offer(message)) return
    this.#kept.delete(name)
    this.#kept.set(name, message)
    this.#postKept()
  }

  #postKept(): void {
    for (const [name, message] of this.#kept) {
      // `pipeWritable` follows when there is room, and memory.
      if (this.#pipe.parkWriting() || !this.#tryPost(message)) return
      this.#kept.delete(name)
    }
  }

  #postUnsent(): boolean {
    while (this.#unsent.length > 0) {
      if (!this.#tryPost(this.#unsent[0]!)) return false
      this.#unsent.shift()
    }
    return true
  }

  /** Takes all that has come. */
  drain(): void {
    const pipe = this.#pipe
    do {
      while (pipe.canRead()) this.#take(deserialize(pipe.read()[0]!) as In)
    } while (!pipe.isPeerClosed && !pipe.parkReading())
  }

  /** Blocks the thread until something has come, and takes it; or until the time is over. */
  wait(timeoutMs: number): void {
    const pipe = this.#pipe
    this.#thread.wait(
      timeoutMs,
      () => pipe.canRead(),
      () => pipe.parkReading(),
    )
    this.drain()
  }

  pipeAttached(): void {
    // What was posted meanwhile has waited in the pipe.
  }

  pipeReadable(): void {
    this.drain()
  }

  pipeWritable(): void {
    if (this.#postUnsent()) this.#postKept()
  }

  pipeEnded(): void {
    this.#onEnd()
  }
}
