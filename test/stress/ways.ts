import * as core from '@ringpost/core'
import type { BatchOptions, Context, SharedFrame, Socket } from '@ringpost/core'

type Now = { timeout: number }

/** What receives, whatever its type. */
export interface Receiver extends Socket {
  linger: number
  receiveSync(options: Now): unknown
  receiveManySync(options: BatchOptions & Now): unknown
  receiveSharedSync(options: Now): readonly object[]
  receiveManySharedSync(options: BatchOptions & Now): object
}

/** What sends messages as they are. */
interface Sender extends Socket {
  linger: number
  sendSync(message: never, options: Now): void
}

/** Two sockets that are to be joined, and the way of a message from one to the other. */
export interface Ends {
  readonly writer: Socket & { linger: number }
  readonly reader: Receiver
  /** Sends at once or not at all. */
  send(frames: readonly (Buffer | SharedFrame)[]): void
}

interface Way {
  readonly name: string
  /** Whether its messages may have several frames. */
  readonly isMultipart: boolean
  open(context: Context): Ends
}

const now = { timeout: 0 }

/** For types that take messages as they are. */
function plain(
  name: string,
  isMultipart: boolean,
  open: (context: Context) => [Sender, Receiver],
  address: readonly string[] = [],
): Way {
  return {
    name,
    isMultipart,
    open(context) {
      const [writer, reader] = open(context)
      const send: Ends['send'] = isMultipart
        ? (frames) => writer.sendSync([...address, ...frames] as never, now)
        : ([frame]) => writer.sendSync(frame as never, now)
      return { writer, reader, send }
    },
  }
}

/** Every type, with a peer. */
export const ways: readonly Way[] = [
  plain('PUSH', true, (context) => [new core.Push({ context }), new core.Pull({ context })]),
  plain('PAIR', true, (context) => [new core.Pair({ context }), new core.Pair({ context })]),
  plain('DEALER', true, (context) => [new core.Dealer({ context }), new core.Dealer({ context })]),
  plain(
    'ROUTER',
    true,
    (context) => [
      new core.Router({ context, mandatory: true }),
      new core.Dealer({ context, routingId: 'dealer' }),
    ],
    ['dealer'],
  ),
  plain('REQ', true, (context) => [
    new core.Request({ context, relaxed: true }),
    new core.Reply({ context }),
  ]),
  plain(
    'PUB',
    true,
    (context) => {
      const subscriber = new core.Subscriber({ context })
      subscriber.subscribe('to')
      return [new core.Publisher({ context }), subscriber]
    },
    ['topic'],
  ),
  plain(
    'XPUB',
    true,
    (context) => {
      const subscriber = new core.XSubscriber({ context })
      subscriber.sendSync('\u0001to')
      return [new core.XPublisher({ context }), subscriber]
    },
    ['topic'],
  ),
  plain('SCATTER', false, (context) => [
    new core.Scatter({ context }),
    new core.Gather({ context }),
  ]),
  plain('CHANNEL', false, (context) => [
    new core.Channel({ context }),
    new core.Channel({ context }),
  ]),
  plain('CLIENT', false, (context) => [new core.Client({ context }), new core.Server({ context })]),
  {
    name: 'RADIO',
    isMultipart: false,
    open(context) {
      const [writer, reader] = [new core.Radio({ context }), new core.Dish({ context })]
      reader.join('group')
      return {
        writer,
        reader,
        send: ([frame]) => writer.sendSync(frame!, { group: 'group', ...now }),
      }
    },
  },
]

/** The result of a call, or undefined when there was nothing to do or nobody to send to. */
export function unlessRefused<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch (error) {
    if (error instanceof core.SocketError && refusals.has(error.code)) return undefined
    throw error
  }
}

const refusals: ReadonlySet<string> = new Set(['EAGAIN', 'EHOSTUNREACH', 'EFSM'])
