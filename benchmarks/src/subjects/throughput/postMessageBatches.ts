import { listen } from '../listen.ts'
import { POOL_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

const MESSAGES_PER_BATCH = 100

/** One `postMessage` per 100 messages. */
export const subject: ThroughputSubject = {
  openSender({ port, size }) {
    // A message that occurs twice in a batch would be serialized once: no batch reaches 3 × the pool.
    const messages = prepareMessages(size, 3 * POOL_SIZE)
    return {
      send(count) {
        for (let n = 0; n < count; n += MESSAGES_PER_BATCH) {
          const first = n % POOL_SIZE
          const length = Math.min(MESSAGES_PER_BATCH, count - n)
          port.postMessage(messages.slice(first, first + length))
        }
      },
      close() {},
    }
  },
  openReceiver({ port }) {
    return {
      receive(count, receipt) {
        let left = count
        return listen(port, (batch: Uint8Array[]) => {
          for (const message of batch) receipt.take(message)
          left -= batch.length
          return left > 0 ? 'more' : 'done'
        })
      },
      close() {},
    }
  },
}
