import { connect, createServer } from 'node:net'
import { POOL_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { ThroughputSubject } from '../throughput/throughputSubject.ts'

/** So much goes to the stream with one call, and always whole pools of messages. */
const CHUNK_BYTES = 65_536

/** A bare `net.Socket` that carries the same bytes and nothing else: no frames, no queues. */
export const subject: ThroughputSubject = {
  openSender({ endpoint, size }) {
    const { hostname, port } = new URL(endpoint)
    const stream = connect({ host: hostname, port: Number(port), noDelay: true })
    const perChunk = Math.max(POOL_SIZE, CHUNK_BYTES / size)
    const chunk = Buffer.concat(prepareMessages(size, perChunk))
    return {
      async send(count) {
        for (let n = 0; n < count; n += perChunk) {
          const bytes = chunk.subarray(0, Math.min(perChunk, count - n) * size)
          if (!stream.write(bytes)) await new Promise((resolve) => stream.once('drain', resolve))
        }
      },
      close: () => stream.end(),
    }
  },
  openReceiver({ endpoint, size }) {
    const { hostname, port } = new URL(endpoint)
    const count = new Count(size)
    const server = createServer({ noDelay: true })
    server.on('connection', (stream) => stream.on('data', (bytes) => count.take(bytes)))
    server.listen(Number(port), hostname)
    return {
      receive: (messages) => count.upTo(messages),
      close: () => server.close(),
    }
  },
}

/** Counts messages by their bytes and looks at the first one of each. */
class Count {
  readonly #size: number
  #bytes = 0
  #wanted = 0
  #reached = (): void => undefined

  constructor(size: number) {
    this.#size = size
  }

  upTo(messages: number): Promise<void> {
    this.#wanted += messages * this.#size
    return new Promise((resolve) => (this.#reached = resolve))
  }

  take(bytes: Uint8Array): void {
    const size = this.#size
    let at = (size - (this.#bytes % size)) % size
    let number = Math.ceil(this.#bytes / size)
    for (; at < bytes.length; at += size, number++) {
      if (bytes[at] !== number % POOL_SIZE) throw new Error(`message ${number} is wrong`)
    }
    this.#bytes += bytes.length
    if (this.#bytes === this.#wanted) this.#reached()
  }
}
