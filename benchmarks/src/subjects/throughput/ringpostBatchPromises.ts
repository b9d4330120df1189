import { Pull, Push } from '@ringpost/core'
import { BATCH_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

/** A promise per batch: `await sendMany` and `await receiveMany`. */
export const subject: ThroughputSubject = {
  openSender({ endpoint, size }) {
    const batch = prepareMessages(size, BATCH_SIZE)
    const push = new Push()
    push.connect(endpoint)
    return {
      async send(count) {
        for (let n = 0; n < count; n += BATCH_SIZE) await push.sendMany(batch)
      },
      close: () => push.close(),
    }
  },
  async openReceiver({ endpoint }) {
    const pull = new Pull()
    await pull.bind(endpoint)
    return {
      async receive(count, receipt) {
        let received = 0
        while (received < count) {
          const messages = await pull.receiveMany()
          for (const [frame] of messages) receipt.take(frame!)
          received += messages.length
        }
      },
      close: () => pull.close(),
    }
  },
}
