import { POOL_SIZE, prepareMessages } from '../preparedMessages.ts'
import { RingReader, RingWriter } from './ring.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

/** A ring alone, whose positions are published after every so many messages. */
export function bareRing(batch: number): ThroughputSubject {
  return {
    openSender({ memory, size }) {
      const messages = prepareMessages(size)
      const words = messages.map((message) => new Int32Array(message.buffer))
      const ring = new RingWriter(memory, size, batch)
      return {
        send(count) {
          for (let n = 0; n < count; n++)
            ring.write(messages[n % POOL_SIZE]!, words[n % POOL_SIZE]!)
          ring.flush()
        },
        close() {},
      }
    },
    openReceiver({ memory, size }) {
      const buffer = new ArrayBuffer(size)
      const message = new Uint8Array(buffer)
      const words = new Int32Array(buffer)
      const ring = new RingReader(memory, size, batch)
      return {
        receive(count, receipt) {
          const take = (): void => receipt.take(message)
          for (let left = count; left > 0; left -= ring.read(message, words, left, take));
        },
        close() {},
      }
    },
  }
}

/** The limit: what a ring moves that publishes each message, as a socket must. */
export const subject = bareRing(1)
