import { SharedFrame, type Readable, type SharedBatch } from '@ringpost/core'
import { release, type Frame, type Message } from './message.ts'
import type { Call } from './seats.ts'

/** A message as a socket gives it: its frames, and what some types tell besides. */
type Given = readonly (Frame | object)[]
export type AnyReadable = Readable<Given, Given>

/** What one call has received. */
export interface Received {
  readonly messages: readonly Message[]
  /** It was lent, and counts as read all the same: it may be kept while more is received. */
  readonly mayBeKept: boolean
  /** Gives back what was lent and not handed on. */
  release(): void
}

interface ReceiveWay {
  readonly call: Call
  readonly isBlocking: boolean
  /** @param timeout of blocking calls; others go by the socket's option */
  receive(socket: AnyReadable, max: number, timeout: number): Promise<Received> | Received
}

const isFrame = (part: Frame | object): part is Frame =>
  part instanceof Uint8Array || part instanceof SharedFrame

function messageOf(given: Given): Message {
  return { frames: given.filter(isFrame), target: given.find((part) => !isFrame(part)) }
}

const copied = (given: readonly Given[]): Received => ({
  messages: given.map(messageOf),
  mayBeKept: false,
  release: () => undefined,
})

function borrowed(given: Given): Received {
  const message = messageOf(given)
  return { messages: [message], mayBeKept: true, release: () => release(message.frames) }
}

const lent = (batch: SharedBatch<Given>): Received => ({
  messages: batch.messages.map(messageOf),
  mayBeKept: false,
  release: () => batch.release(),
})

/** Every way to receive. */
export const receiveWays: readonly ReceiveWay[] = [
  {
    call: 'receive',
    isBlocking: false,
    receive: async (socket) => copied([await socket.receive()]),
  },
  {
    call: 'receiveMany',
    isBlocking: false,
    receive: async (socket, max) => copied(await socket.receiveMany({ max })),
  },
  {
    call: 'receiveShared',
    isBlocking: false,
    receive: async (socket) => borrowed(await socket.receiveShared()),
  },
  {
    call: 'receiveManyShared',
    isBlocking: false,
    receive: async (socket, max) => lent(await socket.receiveManyShared({ max })),
  },
  {
    call: 'receiveSync',
    isBlocking: true,
    receive: (socket, _max, timeout) => copied([socket.receiveSync({ timeout })]),
  },
  {
    call: 'receiveManySync',
    isBlocking: true,
    receive: (socket, max, timeout) => copied(socket.receiveManySync({ max, timeout })),
  },
  {
    call: 'receiveSharedSync',
    isBlocking: true,
    receive: (socket, _max, timeout) => borrowed(socket.receiveSharedSync({ timeout })),
  },
  {
    call: 'receiveManySharedSync',
    isBlocking: true,
    receive: (socket, max, timeout) => lent(socket.receiveManySharedSync({ max, timeout })),
  },
]
