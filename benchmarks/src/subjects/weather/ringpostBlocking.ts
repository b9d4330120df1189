import { Publisher, Subscriber } from '@ringpost/core'
import type { WeatherSubject } from './weatherSubject.ts'

/** `sendSync` and `receiveSync`, one update a call. */
export const subject: WeatherSubject = {
  openPublisher({ endpoint }) {
    const publisher = new Publisher()
    publisher.bindSync(endpoint)
    return {
      publish(updates, count) {
        for (let n = 0; n < count; n++) publisher.sendSync(updates.next())
      },
      say: (word) => publisher.sendSync(word),
      close: () => publisher.close(),
    }
  },
  openSubscriber({ endpoint }, prefixes) {
    const subscriber = new Subscriber()
    subscriber.connect(endpoint)
    subscriber.subscribe(...prefixes)
    return {
      listen(hear) {
        while (hear(subscriber.receiveSync()[0]!));
      },
      close: () => subscriber.close(),
    }
  },
}
