import {
  Dealer,
  Dish,
  Pair,
  Proxy,
  Publisher,
  Pull,
  Push,
  Radio,
  Reply,
  Router,
  SocketError,
  Subscriber,
} from '@ringpost/core'
import type { Gate } from '../gate.ts'
import { prepareMessages } from '../preparedMessages.ts'
import type { Baseline } from './baselines.ts'
import { batchOf, type Ends } from './ends.ts'

export type Flood =
  | 'pull'
  | 'pullMany'
  | 'pair'
  | 'router'
  | 'sub'
  | 'dish'
  | 'subJunk'
  | 'repJunk'
  | 'push'
  | 'proxy'
  | 'pubTopics'

export interface TurnsOptions {
  readonly flood: Flood | Baseline
  readonly size: number
  readonly warmUpMilliseconds: number
  readonly milliseconds: number
}

export interface TurnsData {
  readonly role: 'measured' | 'other'
  readonly options: TurnsOptions
  readonly stop: SharedArrayBuffer
  readonly memory: SharedArrayBuffer
}

const ENDPOINT = 'inproc://turns'
const TIMEOUT_MS = 50
const GROUP = 'flood'

interface Receiver extends AsyncIterable<unknown> {
  bindSync(endpoint: string): void
}

async function receiveAll(socket: Receiver, seen: () => void): Promise<void> {
  socket.bindSync(ENDPOINT)
  for await (const _ of socket) seen()
}

interface Sender<Message> {
  connect(endpoint: string): void
  sendManySync(messages: Message[], options: { timeout: number }): void
}

function sendAll<Message>(socket: Sender<Message>, batch: Message[], stopped: Gate): void {
  socket.connect(ENDPOINT)
  while (!stopped.isOpen) {
    ignoringTimeouts(() => socket.sendManySync(batch, { timeout: TIMEOUT_MS }))
  }
}

function ignoringTimeouts(operation: () => void): void {
  try {
    operation()
  } catch (error) {
    if (!(error instanceof SocketError && error.code === 'EAGAIN')) throw error
  }
}

/** Messages that a socket wants. */
function wanted(receiver: () => Receiver, sender: () => Sender<Buffer>): Ends {
  return {
    measured: (_, seen) => receiveAll(receiver(), seen),
    other: ({ size }, stopped) => sendAll(sender(), batchOf(size), stopped),
  }
}

function subscriberTo(topic: string): Subscriber {
  const subscriber = new Subscriber()
  subscriber.subscribe(topic)
  return subscriber
}

export const floods: Readonly<Record<Flood, Ends>> = {
  pull: wanted(
    () => new Pull(),
    () => new Push(),
  ),
  pair: wanted(
    () => new Pair(),
    () => new Pair(),
  ),
  sub: wanted(
    () => subscriberTo(''),
    () => new Publisher(),
  ),
  pullMany: {
    async measured(_, seen) {
      const pull = new Pull()
      pull.bindSync(ENDPOINT)
      for (;;) for (const _ of await pull.receiveMany()) seen()
    },
    other: ({ size }, stopped) => sendAll(new Push(), batchOf(size), stopped),
  },
  // Two frames, and the sender's before them.
  router: {
    measured: (_, seen) => receiveAll(new Router(), seen),
    other({ size }, stopped) {
      const batch = batchOf(size).map((bytes) => ['topic', bytes])
      sendAll(new Dealer(), batch, stopped)
    },
  },
  // The publisher sends what does not match, and this end, which was not told, drops it.
  subJunk: wanted(
    () => subscriberTo('never'),
    () => new Publisher({ invertMatching: true }),
  ),
  // Requests without an envelope are dropped.
  repJunk: wanted(
    () => new Reply(),
    () => new Dealer(),
  ),
  dish: {
    measured(_, seen) {
      const dish = new Dish()
      dish.join(GROUP)
      return receiveAll(dish, seen)
    },
    other({ size }, stopped) {
      const batch = batchOf(size).map((bytes): [Buffer, { group: string }] => [
        bytes,
        { group: GROUP },
      ])
      sendAll(new Radio(), batch, stopped)
    },
  },
  push: {
    async measured({ size }, seen) {
      const [message] = prepareMessages(size, 1)
      const push = new Push()
      push.connect(ENDPOINT)
      for (;;) {
        await push.send(message!)
        seen()
      }
    },
    other(_, stopped) {
      const pull = new Pull()
      pull.bindSync(ENDPOINT)
      while (!stopped.isOpen) {
        ignoringTimeouts(() => void pull.receiveManySync({ timeout: TIMEOUT_MS }))
      }
    },
  },
  // What floods it comes up to it: nobody ever gets a message.
  pubTopics: {
    async measured({ size }, seen) {
      const [message] = prepareMessages(size, 1)
      const publisher = new Publisher()
      publisher.bindSync(ENDPOINT)
      for (;;) {
        await publisher.send(message!)
        seen()
      }
    },
    other({ size }, stopped) {
      const subscriber = new Subscriber()
      subscriber.connect(ENDPOINT)
      const rest = 'x'.repeat(Math.min(size, 255) - 1)
      const topics = Array.from('abcdefghijklm', (first) => first + rest)
      // All but one: it comes when the oldest goes.
      subscriber.subscribe(...topics.slice(1))
      while (!stopped.isOpen)
        for (const [index, topic] of topics.entries()) {
          subscriber.subscribe(topic)
          subscriber.unsubscribe(topics[(index + 1) % topics.length]!)
        }
    },
  },
  // In the thread that is measured, between two ends of the other.
  proxy: {
    measured(_, seen) {
      const front = new Pull()
      front.bindSync(ENDPOINT)
      const back = new Push()
      back.connect(`${ENDPOINT}-back`)
      seen()
      return new Proxy(front, back).run()
    },
    other({ size }, stopped) {
      const pull = new Pull()
      pull.bindSync(`${ENDPOINT}-back`)
      const push = new Push()
      push.connect(ENDPOINT)
      const batch = batchOf(size)
      while (!stopped.isOpen) {
        ignoringTimeouts(() => push.sendManySync(batch, { timeout: 0 }))
        ignoringTimeouts(() => void pull.receiveManySync({ timeout: 0 }))
      }
    },
  },
}
