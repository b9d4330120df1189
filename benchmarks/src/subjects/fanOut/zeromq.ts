import { Subscriber, XPublisher } from 'zeromq'
import { promises } from './promises.ts'

/** Without a high-water mark: with `noDrop` a send that has to wait never ends. */
export const subject = promises({ Subscriber, XPublisher }, { sendHighWaterMark: 0 })
