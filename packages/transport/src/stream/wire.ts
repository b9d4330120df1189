import net, { type NetConnectOpts, type Socket as Stream } from 'node:net'
import { faultOf } from '../fault.ts'
import { ReadingStream } from './readingStream.ts'

const READ_BYTES = 65_536

/** One for all streams of this thread: what was read is taken before anything else is read. */
const memory = Buffer.allocUnsafeSlow(READ_BYTES)

/** What takes bytes that have arrived; they are valid during the call only. */
export type TakeBytes = (bytes: Buffer) => void

/**
 * A stream, and where its bytes go. They are read into memory that is used again and again: fresh memory
 * for each read costs more than the reading.
 */
export class Wire {
  readonly stream: Stream
  #take: TakeBytes = () => undefined
  #flow: (() => void) | undefined

  private constructor(open: (onread: net.OnReadOpts) => Stream) {
    this.stream = open({
      buffer: memory,
      callback: (length) => {
        this.give(memory.subarray(0, length))
        return true
      },
    })
  }

  /** Begins to connect. */
  static connect(options: NetConnectOpts): Wire {
    const all = { ...options, allowHalfOpen: true }
    return new Wire((onread) => {
      const given = { ...all, onread }
      if (!('path' in given)) return net.connect(given)
      return new ReadingStream(given as net.SocketConstructorOpts).connect(given)
    })
  }

  /** @param handle of a connection that was accepted */
  static accepted(handle: object): Wire {
    const options = { handle, allowHalfOpen: true }
    // Only one of TCP has an address.
    const Kind = 'getsockname' in handle ? net.Socket : ReadingStream
    return new Wire((onread) => new Kind({ ...options, onread } as net.SocketConstructorOpts))
  }

  /** Of a stream that gives chunks of their own. It does not flow before they are taken. */
  static over(stream: Stream): Wire {
    const wire = new Wire(() => stream)
    wire.#flow = () => stream.on('data', (chunk: Buffer) => wire.give(chunk))
    return wire
  }

  /**
   * They have arrived, or have been taken by somebody who was not to have them. What is thrown by who takes
   * them is the end of the stream.
   */
  give(bytes: Buffer): void {
    if (bytes.length === 0) return
    try {
      this.#take(bytes)
    } catch (thrown) {
      this.stream.destroy(faultOf(thrown))
    }
  }

  /** What has not been taken comes here from now on. */
  set take(take: TakeBytes) {
    this.#take = take
    this.#flow?.()
    this.#flow = undefined
  }
}
