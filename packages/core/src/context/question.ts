import { receiveMessageOnPort, type BroadcastChannel } from 'node:worker_threads'

/**
 * What threads that look for the context of their process and those that have it say to each
 * other, over a channel that every thread of the process can join.
 */

/** Threads agree on this name, whatever copy of the library they have loaded. */
export const CHANNEL = 'ringpost.context.1'

/** Who has a context, or is about to settle for its own, has joined this channel: its flag is raised. */
export const FLAG = 'ringpost.context.1.flag'

/** What a thread asks all others: answered by an announcement, and by waking it. */
export interface Question {
  /**
   * Two words of its own.
   *
   * | word  | at | meaning                                                                 |
   * | ----- | -- | ----------------------------------------------------------------------- |
   * | state |  0 | 0 open, 1 somebody will answer, 2 settled for its candidate, 3 answered |
   * | news  |  1 | counts what was posted for it; it is woken when that changes            |
   */
  readonly words: SharedArrayBuffer
  /** The context that it will use if nobody answers. */
  readonly candidate: SharedArrayBuffer
  readonly threadId: number
}

export const QUESTION_BYTES = 8

/** The state of a question. */
export const asking = { open: 0, told: 1, settled: 2, answered: 3 } as const

const STATE = 0
const NEWS = 1

/** The context that all of this process share. */
export interface Announcement {
  readonly context: SharedArrayBuffer
}

export const isAnnouncement = (message: unknown): message is Announcement =>
  typeof message === 'object' && message !== null && 'context' in message

export const isQuestion = (message: unknown): message is Question =>
  typeof message === 'object' && message !== null && 'words' in message

const wordsOf = ({ words }: Question): Int32Array<SharedArrayBuffer> => new Int32Array(words)

export const newsFor = (question: Question): number => Atomics.load(wordsOf(question), NEWS)

/**
 * Blocks until something was posted for the question.
 *
 * @param news as they were before the last look at what was posted
 * @returns whether the time ran out
 */
export const waitForNews = (question: Question, news: number, timeoutMs: number): boolean =>
  Atomics.wait(wordsOf(question), NEWS, news, timeoutMs) === 'timed-out'

/** Something was posted for it. */
export function bring(question: Question): void {
  const words = wordsOf(question)
  Atomics.add(words, NEWS, 1)
  Atomics.notify(words, NEWS)
}

/** Says that the question will be answered, if it is still open. @returns its state before */
export const tell = (question: Question): number =>
  Atomics.compareExchange(wordsOf(question), STATE, asking.open, asking.told)

/** Its candidate is the context, and nobody is to answer. @returns false when somebody will answer */
export const settle = (question: Question): boolean =>
  Atomics.compareExchange(wordsOf(question), STATE, asking.open, asking.settled) === asking.open

/** Answers a message if it is a question that nobody has answered yet. */
export function answer(
  post: (announcement: Announcement) => void,
  message: unknown,
  context: SharedArrayBuffer,
): void {
  if (!isQuestion(message)) return
  const state = tell(message)
  if (state === asking.settled || state === asking.answered) return
  // The announcement first: who has been woken finds it.
  post({ context })
  Atomics.store(wordsOf(message), STATE, asking.answered)
  bring(message)
}

/** The messages that have come since the event loop turned last. */
export function* messagesIn(channel: BroadcastChannel): Generator<unknown> {
  for (;;) {
    const received = receiveMessageOnPort(channel as never) as { message: unknown } | undefined
    if (received === undefined) return
    yield received.message
  }
}
