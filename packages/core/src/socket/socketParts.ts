import type { Thread } from '../thread/thread.ts'
import type { Connections } from './connections.ts'
import type { Gate } from './gate.ts'
import type { SocketOptions } from './options.ts'
import type { Pattern } from './pattern.ts'
import type { Waiter } from './waiter.ts'

/** What the parts of one socket share. */
export interface SocketParts {
  readonly thread: Thread
  readonly options: SocketOptions
  readonly gate: Gate
  readonly connections: Connections
  readonly pattern: Pattern
  readonly sending: Waiter<void>
  readonly receiving: Waiter<unknown>
}
