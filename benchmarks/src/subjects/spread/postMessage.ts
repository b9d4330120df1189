import { POOL_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { SpreadSubject } from './spreadSubject.ts'

/** One `postMessage` per message, over one channel after the other. */
export const subject: SpreadSubject = {
  openSender({ ports, size }) {
    const messages = prepareMessages(size)
    return {
      send(count) {
        for (let n = 0; n < count; n++) {
          ports[n % ports.length]!.postMessage(messages[n % POOL_SIZE])
        }
      },
      close() {},
    }
  },
  openReceiver: ({ ports }) => ({
    receive: (take) =>
      new Promise((resolve, reject) => {
        const hear = (message: Uint8Array): void => {
          try {
            if (!take(message)) resolve()
          } catch (error) {
            reject(error)
          }
        }
        for (const port of ports) port.on('message', hear)
      }),
    close() {},
  }),
}
