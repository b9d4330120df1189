import { listen } from '../listen.ts'
import { POOL_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

/** One `postMessage` per message. */
export const subject: ThroughputSubject = {
  openSender({ port, size }) {
    const messages = prepareMessages(size)
    return {
      send(count) {
        for (let n = 0; n < count; n++) port.postMessage(messages[n % POOL_SIZE])
      },
      close() {},
    }
  },
  openReceiver({ port }) {
    return {
      receive(count, receipt) {
        let left = count
        return listen(port, (message: Uint8Array) => {
          receipt.take(message)
          return --left > 0 ? 'more' : 'done'
        })
      },
      close() {},
    }
  },
}
