import type { Subscriber, XPublisher } from 'zeromq'
import { POOL_SIZE, prepareMessages } from '../preparedMessages.ts'
import type { FanOutSubject } from './fanOutSubject.ts'

/** Both libraries have the same calls. */
interface Library {
  readonly Subscriber: new () => Subscriber
  readonly XPublisher: new (
    options: ConstructorParameters<typeof XPublisher>[0] & object,
  ) => XPublisher
}

/**
 * A promise per message.
 *
 * @param lossless what keeps the publisher from dropping messages
 */
export function promises(
  { Subscriber, XPublisher }: Library,
  lossless: { noDrop: true } | { sendHighWaterMark: 0 },
): FanOutSubject {
  return {
    async openPublisher(endpoint, size) {
      const messages = prepareMessages(size)
      const publisher = new XPublisher({ ...lossless, verbosity: 'allSubs' })
      await publisher.bind(endpoint)
      return {
        async subscribed(subscribers) {
          for (let n = 0; n < subscribers; n++) await publisher.receive()
        },
        async publish(count) {
          for (let n = 0; n < count; n++) await publisher.send(messages[n % POOL_SIZE]!)
        },
      }
    },
    openSubscriber(endpoint) {
      const subscriber = new Subscriber()
      subscriber.connect(endpoint)
      subscriber.subscribe()
      return {
        async receive(count, receipt) {
          for (let n = 0; n < count; n++) receipt.take((await subscriber.receive())[0]!)
        },
      }
    },
  }
}
