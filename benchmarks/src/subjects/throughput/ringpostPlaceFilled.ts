import { prepareMessages } from '../preparedMessages.ts'
import { openBorrowingReceiver, openPlacingSender } from './sharedFrames.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

/** In place, the whole message written into shared memory: one copy in all. */
export const subject: ThroughputSubject = {
  openSender(link) {
    const messages = prepareMessages(link.size)
    return openPlacingSender(link, (frame, number) => frame.set(messages[number]!))
  },
  openReceiver: openBorrowingReceiver,
}
