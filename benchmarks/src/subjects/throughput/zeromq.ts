import { Pull, Push } from 'zeromq'
import { POOL_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

/** zeromq.js over inproc: `await send` and `for await`. */
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
