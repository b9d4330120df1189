import { Push } from '@ringpost/core'
import { POOL_SIZE, prepareMessages } from '../preparedMessages.ts'
import { openPulls } from './ringpostPulls.ts'
import type { SpreadSubject } from './spreadSubject.ts'

/** A promise per message: `await send`, and a `for await` loop per receiving socket. */
export const subject: SpreadSubject = {
  async openSender({ endpoint, size }) {
    const messages = prepareMessages(size)
    const push = new Push()
    await push.bind(endpoint)
    return {
      async send(count) {
        for (let n = 0; n < count; n++) await push.send(messages[n % POOL_SIZE]!)
      },
      close: () => push.close(),
    }
  },
  openReceiver: (link) =>
    openPulls(link, async (pull, take) => {
      for await (const [frame] of pull) if (!take(frame!)) return 'last seen'
      return 'closed'
    }),
}
