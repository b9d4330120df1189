import { Subscriber, XPublisher } from 'zeromq'
import { promises } from './promises.ts'

export const subject = promises({ Subscriber, XPublisher })
