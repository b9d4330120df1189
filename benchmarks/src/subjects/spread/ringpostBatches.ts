import { Push, SocketError } from '@ringpost/core'
import { BATCH_SIZE, prepareMessages } from '../preparedMessages.ts'
import { openPulls } from './ringpostPulls.ts'
import type { SpreadSubject } from './spreadSubject.ts'

/** Batches: `sendManySync`, and a loop of `await receiveMany` per receiving socket. */
export const subject: SpreadSubject = {
  openSender({ endpoint, size }) {
    const batch = prepareMessages(size, BATCH_SIZE)
    const push = new Push()
    push.bindSync(endpoint)
    return {
      send(count) {
        for (let n = 0; n < count; n += BATCH_SIZE) push.sendManySync(batch)
      },
      close: () => push.close(),
    }
  },
  openReceiver: (link) =>
    openPulls(link, async (pull, take) => {
      try {
        for (;;) {
          for (const [frame] of await pull.receiveMany()) if (!take(frame!)) return 'last seen'
        }
      } catch (error) {
        // A pending receive of a socket that is closed.
        if (error instanceof SocketError && error.code === 'EAGAIN') return 'closed'
        throw error
      }
    }),
}
