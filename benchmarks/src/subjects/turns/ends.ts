import type { Gate } from '../gate.ts'
import { BATCH_SIZE, prepareMessages } from '../preparedMessages.ts'

/** Both ends of a flood: the loop of the thread that is measured, and what the other thread does meanwhile. */
export interface Ends {
  /** Counts what it sees; ends with the process. */
  measured(load: Load, seen: () => void): Promise<void>
  other(load: Load, stopped: Gate): void
}

export interface Load {
  /** Bytes of a message. */
  readonly size: number
  /** Of both threads, for what has no socket. */
  readonly memory: SharedArrayBuffer
}

/** Of the messages that are prepared. */
const MOST_BYTES = 1 << 24

export const batchOf = (size: number): Buffer[] =>
  prepareMessages(size, Math.max(1, Math.min(BATCH_SIZE, MOST_BYTES / size)))
