import { Subscriber } from '@ringpost/core'
import type { FanOutSubject } from './fanOutSubject.ts'
import { subject as batches } from './ringpostBatches.ts'

/** A promise per batch, which the subscriber looks at in shared memory and gives back. */
export const subject: FanOutSubject = {
  openPublisher: (endpoint, size) => batches.openPublisher(endpoint, size),
  openSubscriber(endpoint) {
    const subscriber = new Subscriber()
    subscriber.connect(endpoint)
    subscriber.subscribe()
    return {
      async receive(count, receipt) {
        for (let received = 0; received < count;) {
          const batch = await subscriber.receiveManyShared()
          for (const [frame] of batch) receipt.take(frame!)
          received += batch.length
          batch.release()
        }
      },
    }
  },
}
