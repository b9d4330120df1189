import { openBorrowingReceiver, openPlacingSender } from './sharedFrames.ts'
import type { ThroughputSubject } from './throughputSubject.ts'

/** In place, only the first byte written: what is left when no payload is copied. */
export const subject: ThroughputSubject = {
  checksOnlyFirstByte: true,
  openSender: (link) => openPlacingSender(link, (frame, number) => (frame.data[0] = number)),
  openReceiver: openBorrowingReceiver,
}
