import { BATCH_SIZE } from '../preparedMessages.ts'
import { bareRing } from './bareRing.ts'

/** The limit of batches: a ring that publishes as many messages at once as a batch holds. */
export const subject = bareRing(BATCH_SIZE)
