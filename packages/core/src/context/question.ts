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
   * Two words of its own, and two times, of the process's steady clock in nanoseconds.
   *
   * | word   | at | meaning                                                                       |
   * | ------ | -- | ----------------------------------------------------------------------------- |
   * | state  |  0 | 0 open, 1 somebody will answer, 2 settled for its candidate, 3 answered,      |
   * |        |    | 4 given up: somebody has a context, and does not answer                       |
   * | news   |  1 | counts what was posted for it; it is woken when that changes                  |
   * | raises |  2 | when the thread began to raise its flag, which it may without a context, or 0 |
   * | heard  |  4 | when it had found others raised then, or 0                                    |
   */
  readonly words: SharedArrayBuffer
  /** The context that it will use if nobody answers. */
  readonly candidate: SharedArrayBuffer
  readonly threadId: number
}

export const QUESTION_BYTES = 24

/** The state of a question. */
export const asking = { open: 0, told: 1, settled: 2, answered: 3, inVain: 4 } as const

const STATE = 0
const NEWS = 1
const TIMES_AT_BYTE = 8
const RAISES = 0
const HEARD = 1

/** The context that all of this process share. */
export interface Announcement {
  readonly context: SharedArrayBuffer
}

export const isAnnouncement = (message: unknown): message is Announcement =>
  typeof message === 'object' && message !== null && 'context' in message

export const isQuestion = (message: unknown): message is Question =>
  typeof message === 'object' && message !== null && 'words' in message

const wordsOf = ({ words }: Question): Int32Array<SharedArrayBuffer> => new Int32Array(words)

const timesOf = ({ words }: Question): BigInt64Array<SharedArrayBuffer> =>
  new BigInt64Array(words, TIMES_AT_BYTE)

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

/** The thread gives up: somebody has a context that it will not hear of. */
export const giveUp = (question: Question): void => {
  Atomics.store(wordsOf(question), STATE, asking.inVain)
}

export const hasGivenUp = (question: Question): boolean =>
  Atomics.load(wordsOf(question), STATE) === asking.inVain

/** The thread raises its flag for the first time: said before it does. */
export const sayRaising = (question: Question, now: bigint): void => {
  Atomics.store(timesOf(question), RAISES, now)
}

/** It has found other flags raised. */
export const sayHeard = (question: Question, now: bigint): void => {
  Atomics.store(timesOf(question), HEARD, now)
}

export const hasRaised = (question: Question): boolean =>
  Atomics.load(timesOf(question), RAISES) !== 0n

/**
 * Whether one of these threads has found a flag raised that was none of theirs, so that it was that of a thread
 * that has a context.
 */
export function haveHeardOfAnother(questions: readonly Question[]): boolean {
  return questions.some((question) => {
    const heard = Atomics.load(timesOf(question), HEARD)
    return (
      heard !== 0n && !questions.some((other) => other !== question && mayBeHeard(other, heard))
    )
  })
}

function mayBeHeard(question: Question, at: bigint): boolean {
  const raises = Atomics.load(timesOf(question), RAISES)
  // One that has been answered has a context by now.
  const isAnswered = Atomics.load(wordsOf(question), STATE) === asking.answered
  return raises !== 0n && raises <= at && !isAnswered
}

/** Answers a message if it is a question that nobody has answered yet. */
export function answer(
  post: (announcement: Announcement) => void,
  message: unknown,
  context: SharedArrayBuffer,
): void {
  if (!isQuestion(message)) return
  const state = tell(message)
  if (state >= asking.settled) return
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
