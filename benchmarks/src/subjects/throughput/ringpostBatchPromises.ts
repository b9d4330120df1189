import { Pull, Push } from '@ringpost/core'
import { BATCH_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { ReceivingSide, SendingSide, ThroughputSubject } from './throughputSubject.ts'

/** A promise per batch: `await sendMany` and `await receiveMany`. */
export const subject: ThroughputSubject = {
  openSender({ endpoint, size }) {
    const push = new Push()
    push.connect(endpoint)
    return pushBatches(push, size)
  },
  async openReceiver({ endpoint }) {
    const pull = new Pull()
    await pull.bind(endpoint)
    return pullBatches(pull)
  },
}

/** For sockets with other options, too. */
export function pushBatches(push: Push, size: number): SendingSide {
  const batch = prepareMessages(size, BATCH_SIZE)
  return {
    async send(count) {
      for (let n = 0; n < count; n += BATCH_SIZE) await push.sendMany(batch)
    },
    close: () => push.close(),
  }
}

export function pullBatches(pull: Pull): ReceivingSide {
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
}
