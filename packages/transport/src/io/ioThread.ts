// The program of a thread that does I/O for the sockets of the thread that has started it.
import { parentPort, workerData } from 'node:worker_threads'
import { Context, type ContextHandle } from '@ringpost/core'
import { enter } from '@ringpost/core/internal'
import { Channel } from './channel.ts'
import type { Notice, Order } from './messages.ts'
import { Workplace } from './workplace.ts'

/** What such a thread is started with. */
export interface IoThreadData {
  readonly handle: ContextHandle
  /** Where its channel waits. */
  readonly name: string
}

const { handle, name } = workerData as IoThreadData
const context = Context.from(handle)
const { thread, inproc } = context[enter]()
const channel: Channel<Notice, Order> = Channel.join<Notice, Order>(thread, inproc, name, (order) =>
  workplace.obey(order),
)
const workplace = new Workplace(context, channel)
// It lives as long as the thread that has started it, whether there is a connection or not.
parentPort!.on('message', () => undefined)
channel.drain()
