/** One side of a flood: posts when it has begun, and how many messages there were when it has ended. */
import { parentPort, workerData } from 'node:worker_threads'
import { Publisher, Pull, Push, SocketError, Subscriber } from '@ringpost/core'
import { Gate } from '../gate.ts'
import { POOL_SIZE } from '../preparedMessages.ts'
import type { FloodOptions } from './flood.ts'

export interface FloodData {
  readonly role: 'sender' | 'receiver'
  readonly options: FloodOptions
  readonly stop: SharedArrayBuffer
}

const ENDPOINT = 'inproc://flood'
const HIGH_WATER_MARK = 1000
const TIMEOUT_MS = 50
/** How long the receiver computes per message: the sender is always ahead of it. */
const WORK_PER_MESSAGE_MS = 0.02

const { role, options, stop } = workerData as FloodData
const stopped = new Gate(stop)

/** True if it was done; false when nothing could be sent or received within the timeout. */
function isDone(operation: () => void): boolean {
  try {
    operation()
    return true
  } catch (error) {
    if (error instanceof SocketError && error.code === 'EAGAIN') return false
    throw error
  }
}

function send(): number {
  const messages = Array.from({ length: POOL_SIZE }, (_, n) =>
    Buffer.alloc(Math.ceil((options.mostBytes * (n + 1)) / POOL_SIZE), n),
  )
  const socket =
    options.pattern === 'pushPull'
      ? new Push({ sendHighWaterMark: HIGH_WATER_MARK, linger: 0 })
      : new Publisher({ sendHighWaterMark: HIGH_WATER_MARK, linger: 0 })
  socket.connect(ENDPOINT)
  let sent = 0
  while (!stopped.isOpen) {
    const message = messages[sent % POOL_SIZE]!
    if (isDone(() => socket.sendSync(message, { timeout: TIMEOUT_MS }))) sent++
  }
  socket.close()
  return sent
}

function receive(pull: Pull): number {
  let received = 0
  while (!stopped.isOpen) {
    if (isDone(() => void pull.receiveSync({ timeout: TIMEOUT_MS }))) received++
    for (const end = performance.now() + WORK_PER_MESSAGE_MS; performance.now() < end;);
  }
  return received
}

/** A subscriber who never reads: what it does not take is dropped at the publisher. */
async function neglect(): Promise<number> {
  await stopped.opened()
  return 0
}

function openReceiver(): Pull | Subscriber {
  if (options.pattern === 'pushPull') return new Pull({ receiveHighWaterMark: HIGH_WATER_MARK })
  const subscriber = new Subscriber({ receiveHighWaterMark: HIGH_WATER_MARK })
  subscriber.subscribe('')
  return subscriber
}

if (role === 'sender') {
  parentPort?.postMessage('begun')
  parentPort?.postMessage(send())
} else {
  const socket = openReceiver()
  socket.bindSync(ENDPOINT)
  parentPort?.postMessage('begun')
  parentPort?.postMessage(socket instanceof Pull ? receive(socket) : await neglect())
  socket.close()
}
