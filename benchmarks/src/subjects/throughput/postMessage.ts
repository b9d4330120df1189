import type { MessagePort } from 'node:worker_threads'
import { POOL_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

/** Calls `take` for each value that arrives, until it says that nothing more is to come. */
export function listen<Value>(
  port: MessagePort,
  take: (value: Value) => 'more' | 'done',
): Promise<void> {
  return new Promise((resolve, reject) => {
    const hear = (value: Value): void => {
      try {
        if (take(value) === 'more') return
        port.off('message', hear)
        resolve()
      } catch (error) {
        reject(error)
      }
    }
    port.on('message', hear)
  })
}

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
