import { context, type SharedFrame, type Writable } from '@ringpost/core'
import type { Random } from '../../support/random.ts'
import { bytesOf, type Frame, type Message } from './message.ts'
import type { Call } from './seats.ts'

/** Any socket that sends; what exactly, its type knows. */
export type AnyWritable = Writable<unknown> & Writable<unknown, object>

interface SendWay {
  readonly call: Call
  readonly isBlocking: boolean
  readonly isBatch: boolean
  /** @param timeout of blocking calls; others go by the socket's option */
  send(socket: AnyWritable, messages: readonly Message[], timeout: number): Promise<void> | void
}

/** A single frame by itself, for types that take no more. */
const contentOf = ({ frames }: Message): unknown => (frames.length === 1 ? frames[0] : frames)

const batchOf = (messages: readonly Message[]): never[] =>
  messages.map((message) => {
    const content = contentOf(message)
    return message.target === undefined ? content : [content, message.target]
  }) as never[]

/** Every way to send. */
export const sendWays: readonly SendWay[] = [
  {
    call: 'send',
    isBlocking: false,
    isBatch: false,
    send(socket, [message]) {
      const { target } = message!
      const content = contentOf(message!)
      return target === undefined ? socket.send(content) : socket.send(content, target)
    },
  },
  {
    call: 'sendMany',
    isBlocking: false,
    isBatch: true,
    send: (socket, messages) => socket.sendMany(batchOf(messages)),
  },
  {
    call: 'sendSync',
    isBlocking: true,
    isBatch: false,
    send: (socket, [message], timeout) =>
      socket.sendSync(contentOf(message!), { ...message!.target, timeout }),
  },
  {
    call: 'sendManySync',
    isBlocking: true,
    isBatch: true,
    send: (socket, messages, timeout) => socket.sendManySync(batchOf(messages), { timeout }),
  },
]

/** The same message, some of its frames in memory of the arena. */
export function withAllocated(random: Random, { frames, target }: Message): Message {
  const isPlain = (frame: Frame): frame is Buffer => frame instanceof Uint8Array
  return {
    frames: frames.map((frame) => (isPlain(frame) && random.oneIn(8) ? allocated(frame) : frame)),
    target,
  }
}

function allocated(frame: Buffer): SharedFrame {
  const shared = context.allocate(frame.length)
  bytesOf(shared).set(frame)
  return shared
}
