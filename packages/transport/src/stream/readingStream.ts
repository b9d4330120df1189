import net from 'node:net'

type Done = (error?: Error | null) => void

/**
 * A stream of a Unix domain socket that is still read when it cannot be written any more: there the first
 * write after the peer has closed fails, although what the peer had sent before is still to be read. Node
 * would destroy the stream, and that with it.
 *
 * @see stream_engine_base.cpp of libzmq 4.3.5, out_event(), which goes on reading as well
 */
export class ReadingStream extends net.Socket {
  /**
   * Asked when the peer takes nothing any more: whether what it had sent is wanted. If it is, what is written is
   * kept until the stream is destroyed, and the stream's `end` follows when all is read.
   */
  readsOn: (() => boolean) | undefined
  #failedWrite: (() => void) | undefined

  override _write(chunk: unknown, encoding: BufferEncoding, done: Done): void {
    super._write(chunk, encoding, this.#unlessReadOn(done))
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], done: Done): void {
    super._writev!(chunks, this.#unlessReadOn(done))
  }

  override _destroy(error: Error | null, done: Done): void {
    super._destroy(error, done)
    // Who waits for the write is told that it has failed.
    this.#failedWrite?.()
  }

  #unlessReadOn(done: Done): Done {
    if (this.readsOn === undefined) return done
    return (error) => {
      const isGone = hasGone(error) && !this.destroyed
      if (isGone && this.readsOn?.() === true) this.#failedWrite = () => done(error)
      else done(error)
    }
  }
}

/** The peer has closed; the second, where it had not read all. */
function hasGone(error: NodeJS.ErrnoException | null | undefined): boolean {
  return error?.code === 'EPIPE' || error?.code === 'ECONNRESET'
}
