import { Pull } from '@ringpost/core'
import { subject as batches } from './ringpostBatches.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

/** Blocking, many messages a call, which the receiver looks at in shared memory and gives back. */
export const subject: ThroughputSubject = {
  openSender: (link) => batches.openSender(link),
  openReceiver({ endpoint }) {
    const pull = new Pull()
    pull.bindSync(endpoint)
    return {
      receive(count, receipt) {
        let received = 0
        while (received < count) {
          const batch = pull.receiveManySharedSync()
          for (const [frame] of batch) receipt.take(frame!)
          received += batch.length
          batch.release()
        }
      },
      close: () => pull.close(),
    }
  },
}
