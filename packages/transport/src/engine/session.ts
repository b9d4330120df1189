import type { Pipe, PipeOwner } from '@ringpost/core/internal'
import { faultOf } from '../fault.ts'

/** The connection that a session's pipe is joined to. */
export interface SessionEngine {
  /** The socket has sent something. */
  pipeReadable(): void
  /** The socket has made room. */
  pipeWritable(): void
  /** The socket has closed, and all that it had sent was taken out of the pipe. */
  pipeEnded(): void
  /** One of these has thrown: it is over. */
  failed(error: Error): void
}

/**
 * This process's stand-in for a peer, at its end of the pipe from a socket: to the socket it is the
 * peer. It may outlive a connection, and be joined to the next one.
 *
 * It is called in the thread's loop, in which all others are: what an engine throws is the engine's end.
 */
export class Session implements PipeOwner {
  readonly #onEnd: () => void
  #pipe: Pipe | undefined
  #engine: SessionEngine | undefined

  /** @param onEnd the pipe has ended */
  constructor(onEnd: () => void = () => undefined) {
    this.#onEnd = onEnd
  }

  /** Undefined before there was a connection, and after the pipe's end. */
  get pipe(): Pipe | undefined {
    return this.#pipe
  }

  set pipe(pipe: Pipe) {
    this.#pipe = pipe
    // The socket may have closed its end before this one was there.
    pipe.catchUp()
  }

  join(engine: SessionEngine): void {
    this.#engine = engine
  }

  leave(engine: SessionEngine): void {
    if (this.#engine === engine) this.#engine = undefined
  }

  /** The peer is gone for good: what it sent can still be received. */
  close(): void {
    this.#pipe?.close()
  }

  pipeAttached(): void {
    // It was there before the session was.
  }

  pipeReadable(): void {
    const engine = this.#engine
    try {
      engine?.pipeReadable()
    } catch (thrown) {
      engine!.failed(faultOf(thrown))
    }
  }

  pipeWritable(): void {
    const engine = this.#engine
    try {
      engine?.pipeWritable()
    } catch (thrown) {
      engine!.failed(faultOf(thrown))
    }
  }

  pipeEnded(): void {
    this.#pipe = undefined
    const engine = this.#engine
    try {
      engine?.pipeEnded()
    } catch (thrown) {
      engine!.failed(faultOf(thrown))
    }
    this.#onEnd()
  }
}
