import { Pull, Push } from 'zeromq'
import { POOL_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { SpreadSubject } from './spreadSubject.ts'

/** zeromq.js: a `for await` loop per receiving socket. */
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
  openReceiver({ endpoint, ports }) {
    const pulls = ports.map(() => {
      const pull = new Pull()
      pull.connect(endpoint)
      return pull
    })
    const close = (): void => {
      for (const pull of pulls) pull.close()
    }
    return {
      async receive(take) {
        const loops = pulls.map(async (pull) => {
          for await (const [frame] of pull) {
            if (take(frame!)) continue
            // Whichever socket gets the last message ends the loops of all.
            close()
            break
          }
        })
        await Promise.all(loops)
      },
      close,
    }
  },
}
