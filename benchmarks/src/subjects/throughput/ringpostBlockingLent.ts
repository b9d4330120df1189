import { openBorrowingReceiver } from './sharedFrames.ts'
import { subject as blocking } from './ringpostBlocking.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

/** Blocking, one message a call, which the receiver looks at in shared memory and gives back. */
export const subject: ThroughputSubject = {
  openSender: (link) => blocking.openSender(link),
  openReceiver: openBorrowingReceiver,
}
