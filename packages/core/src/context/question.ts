import { receiveMessageOnPort, type BroadcastChannel } from 'node:worker_threads'

/**
 * What threads that look for the context of their process and those that have it say to each
 * other, over a channel that every thread of the process can join.
 */

/** Threads agree on this name, whatever copy of the library they have loaded. */
export const CHANNEL = 'ringpost.context.1'

/** What a thread asks all others: answered by an announcement, and by waking `answered`. */
export interface Question {
  readonly answered: SharedArrayBuffer
  /** The context that it will use if nobody answers. */
  readonly candidate: SharedArrayBuffer
  readonly threadId: number
}

/** The context that all of this process share. */
export interface Announcement {
  readonly context: SharedArrayBuffer
}

export const isAnnouncement = (message: unknown): message is Announcement =>
  typeof message === 'object' && message !== null && 'context' in message

export const isQuestion = (message: unknown): message is Question =>
  typeof message === 'object' && message !== null && 'answered' in message

/** Answers a message if it is a question that nobody has answered yet. */
export function answer(
  channel: BroadcastChannel,
  message: unknown,
  context: SharedArrayBuffer,
): void {
  if (!isQuestion(message)) return
  const answered = new Int32Array(message.answered)
  if (Atomics.load(answered, 0) !== 0) return
  // The announcement first: who has been woken finds it.
  channel.postMessage({ context } satisfies Announcement)
  Atomics.store(answered, 0, 1)
  Atomics.notify(answered, 0)
}

/** The messages that have come since the event loop turned last. */
export function* messagesIn(channel: BroadcastChannel): Generator<unknown> {
  for (;;) {
    const received = receiveMessageOnPort(channel as never) as { message: unknown } | undefined
    if (received === undefined) return
    yield received.message
  }
}
