import { Pull, Push } from '@ringpost/core'
import { POOL_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

/** A promise per message: `await send` and `for await`, as with zeromq.js. */
export const subject: ThroughputSubject = {
  openSender({ endpoint, size }) {
    const messages = prepareMessages(size)
    const push = new Push()
    push.connect(endpoint)
    return {
      async send(count) {
        for (let n = 0; n < count; n++) await push.send(messages[n % POOL_SIZE]!)
      },
      close: () => push.close(),
    }
  },
  async openReceiver({ endpoint }) {
    const pull = new Pull()
    await pull.bind(endpoint)
    return {
      async receive(count, receipt) {
        let left = count
        for await (const [frame] of pull) {
          receipt.take(frame!)
          if (--left === 0) break
        }
      },
      close: () => pull.close(),
    }
  },
}
