import { XSubscriber } from '@ringpost/core'
import type { FanOutSubject } from './fanOutSubject.ts'
import { subject as batches } from './ringpostBatches.ts'

const SUBSCRIBE_TO_ALL = Uint8Array.of(1)

/**
 * A promise per batch, which the subscriber looks at in shared memory and gives back. An XSUB, for a SUB
 * looks at each message itself and copies it.
 */
export const subject: FanOutSubject = {
  openPublisher: (endpoint, size) => batches.openPublisher(endpoint, size),
  openSubscriber(endpoint) {
    const subscriber = new XSubscriber()
    subscriber.connect(endpoint)
    subscriber.sendSync(SUBSCRIBE_TO_ALL)
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
