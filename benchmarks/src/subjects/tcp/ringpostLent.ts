import { Pull } from '@ringpost/transport'
import { subject as batches } from '../throughput/ringpostBatchPromises.ts'
import type { ThroughputSubject } from '../throughput/throughputSubject.ts'

/** A promise per batch, which the receiver looks at in shared memory and gives back. */
export const subject: ThroughputSubject = {
  openSender: (link) => batches.openSender(link),
  async openReceiver({ endpoint }) {
    const pull = new Pull()
    await pull.bind(endpoint)
    return {
      async receive(count, receipt) {
        let received = 0
        while (received < count) {
          const batch = await pull.receiveManyShared()
          for (const [frame] of batch) receipt.take(frame!)
          received += batch.length
          batch.release()
        }
      },
      close: () => pull.close(),
    }
  },
}
