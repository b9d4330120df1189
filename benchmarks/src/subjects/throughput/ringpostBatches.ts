import { Pull, Push } from '@ringpost/core'
import { BATCH_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

/** Blocking, many messages a call. */
export const subject: ThroughputSubject = {
  openSender({ endpoint, size }) {
    const batch = prepareMessages(size, BATCH_SIZE)
    const push = new Push()
    push.connect(endpoint)
    return {
      send(count) {
        for (let n = 0; n < count; n += BATCH_SIZE) push.sendManySync(batch)
      },
      close: () => push.close(),
    }
  },
  openReceiver({ endpoint }) {
    const pull = new Pull()
    pull.bindSync(endpoint)
    return {
      receive(count, receipt) {
        let received = 0
        while (received < count) {
          const messages = pull.receiveManySync()
          for (const [frame] of messages) receipt.take(frame!)
          received += messages.length
        }
      },
      close: () => pull.close(),
    }
  },
}
