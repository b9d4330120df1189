import { context, Pull, Push, type SharedFrame } from '@ringpost/core'
import { POOL_SIZE } from '../preparedMessages.ts'
import type { Link, ReceivingSide, SendingSide } from './throughputSubject.ts'

/** Sends messages allocated in shared memory, each filled by `fill`, blocking, one a call. */
export function openPlacingSender(
  { endpoint, size }: Link,
  fill: (frame: SharedFrame, number: number) => void,
): SendingSide {
  const push = new Push()
  push.connect(endpoint)
  return {
    send(count) {
      for (let n = 0; n < count; n++) {
        const frame = context.allocate(size)
        fill(frame, n % POOL_SIZE)
        push.sendSync(frame)
      }
    },
    close: () => push.close(),
  }
}

/** Receives views into shared memory, blocking, and releases each when it has been looked at. */
export function openBorrowingReceiver({ endpoint }: Link): ReceivingSide {
  const pull = new Pull()
  pull.bindSync(endpoint)
  return {
    receive(count, receipt) {
      for (let n = 0; n < count; n++) {
        const frame = pull.receiveSharedSync()[0]!
        receipt.take(frame.data)
        frame.release()
      }
    },
    close: () => pull.close(),
  }
}
