import { Publisher, Subscriber } from '@ringpost/core'
import type { WeatherSubject } from './weatherSubject.ts'

/** A promise per update: `await send` and `for await`, as with zeromq.js. */
export const subject: WeatherSubject = {
  async openPublisher({ endpoint }) {
    const publisher = new Publisher()
    await publisher.bind(endpoint)
    return {
      async publish(updates, count) {
        for (let n = 0; n < count; n++) await publisher.send(updates.next())
      },
      say: (word) => publisher.send(word),
      close: () => publisher.close(),
    }
  },
  openSubscriber({ endpoint }, prefixes) {
    const subscriber = new Subscriber()
    subscriber.connect(endpoint)
    subscriber.subscribe(...prefixes)
    return {
      async listen(hear) {
        for await (const [message] of subscriber) if (!hear(message!)) break
      },
      close: () => subscriber.close(),
    }
  },
}
