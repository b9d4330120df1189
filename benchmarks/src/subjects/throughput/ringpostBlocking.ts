import { Pull, Push } from '@ringpost/core'
import { POOL_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

/** Blocking, one message a call: the loops of the Guide. */
export const subject: ThroughputSubject = {
  openSender({ endpoint, size }) {
    const messages = prepareMessages(size)
    const push = new Push()
    push.connect(endpoint)
    return {
      send(count) {
        for (let n = 0; n < count; n++) push.sendSync(messages[n % POOL_SIZE]!)
      },
      close: () => push.close(),
    }
  },
  openReceiver({ endpoint }) {
    const pull = new Pull()
    pull.bindSync(endpoint)
    return {
      receive(count, receipt) {
        for (let n = 0; n < count; n++) receipt.take(pull.receiveSync()[0]!)
      },
      close: () => pull.close(),
    }
  },
}
