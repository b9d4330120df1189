import { Subscriber, XPublisher } from '@ringpost/core'
import { BATCH_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { FanOutSubject } from './fanOutSubject.ts'

/** A promise per batch. */
export const subject: FanOutSubject = {
  async openPublisher(endpoint, size) {
    const batch = prepareMessages(size, BATCH_SIZE)
    const publisher = new XPublisher({ noDrop: true, verbosity: 'allSubs' })
    await publisher.bind(endpoint)
    return {
      async subscribed(subscribers) {
        for (let n = 0; n < subscribers; n++) await publisher.receive()
      },
      async publish(count) {
        for (let n = 0; n < count; n += BATCH_SIZE) await publisher.sendMany(batch)
      },
    }
  },
  openSubscriber(endpoint) {
    const subscriber = new Subscriber()
    subscriber.connect(endpoint)
    subscriber.subscribe()
    return {
      async receive(count, receipt) {
        for (let received = 0; received < count;) {
          const messages = await subscriber.receiveMany()
          for (const [frame] of messages) receipt.take(frame!)
          received += messages.length
        }
      },
    }
  },
}
