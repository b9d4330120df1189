import { Publisher } from '@ringpost/core'
import { BATCH_SIZE } from '../preparedMessages.ts'
import { subject as blocking } from './ringpostBlocking.ts'
import type { Update } from './updates.ts'
import type { WeatherSubject } from './weatherSubject.ts'

/** Many updates a call; the subscriber, who gets few, takes them one by one. */
export const subject: WeatherSubject = {
  openPublisher({ endpoint }) {
    const publisher = new Publisher()
    publisher.bindSync(endpoint)
    const batch: Update[] = []
    return {
      publish(updates, count) {
        for (let left = count; left > 0; left -= batch.length) {
          batch.length = Math.min(BATCH_SIZE, left)
          for (let n = 0; n < batch.length; n++) batch[n] = updates.next()
          publisher.sendManySync(batch)
        }
      },
      say: (word) => publisher.sendSync(word),
      close: () => publisher.close(),
    }
  },
  openSubscriber: (link, prefixes) => blocking.openSubscriber(link, prefixes),
}
