import {
  BroadcastChannel,
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
  threadId,
  type MessagePort,
} from 'node:worker_threads'
import { Answerer } from './answerer.ts'
import { answerBlocked } from './process.ts'
import {
  answer,
  CHANNEL,
  isAnnouncement,
  isQuestion,
  messagesIn,
  type Announcement,
  type Question,
} from './question.ts'

/** Threads agree on this name, whatever copy of the library they have loaded. */
const CONTEXT_KEY = 'ringpost.context.1'
/** How long a thread that was started without a context waits for those that ask as well. */
const RIVALS_TIMEOUT_MS = 200
/** How much longer it waits for one that listens and does not ask. */
const ANSWER_TIMEOUT_MS = 5000

/**
 * The buffer of the one context of this process: found, or made and announced.
 *
 * Threads started later find it in their environment data; those already running hear of it over
 * a channel, or ask there when they come to look.
 */
export function findOrAnnounce(make: () => SharedArrayBuffer): SharedArrayBuffer {
  const known = getEnvironmentData(CONTEXT_KEY) as unknown
  if (known instanceof SharedArrayBuffer) return known
  const channel = new BroadcastChannel(CHANNEL)
  const context = ask(channel, make())
  setEnvironmentData(CONTEXT_KEY, context as never)
  const answerer = new Answerer(channel, context)
  channel.postMessage({ context } satisfies Announcement)
  // What the main thread starts from now on is given the context, and need not ask.
  if (!isMainThread) answerBlocked(answerer)
  return context
}

/**
 * The context that another thread has, if there is one, or else `own`. If several ask at once, all
 * of them settle for what the first of them proposed.
 */
function ask(channel: BroadcastChannel, own: SharedArrayBuffer): SharedArrayBuffer {
  const answered = new Int32Array(new SharedArrayBuffer(4))
  const question: Question = { answered: answered.buffer, candidate: own, threadId }
  const hasListeners = post(channel, question)
  // The main thread comes first, as a rule, and is not to wait then; what others start is theirs.
  if (isMainThread && hasListeners !== true) return own
  const rivals: Question[] = []
  for (const timeoutMs of [RIVALS_TIMEOUT_MS, ANSWER_TIMEOUT_MS]) {
    Atomics.wait(answered, 0, 0, timeoutMs)
    for (const message of messagesIn(channel)) {
      if (isAnnouncement(message)) return message.context
      if (isQuestion(message)) rivals.push(message)
    }
    // Somebody listens and does not ask, and so has a context, or soon will.
    const isKnown = hasListeners === true && rivals.length === 0
    if (!isKnown) break
  }
  const [first] = [question, ...rivals].toSorted((a, b) => a.threadId - b.threadId)
  for (const rival of rivals) answer(channel, rival, first!.candidate)
  return first!.candidate
}

/**
 * Posts a message and says whether anybody else listens; undefined when that cannot be told. Node
 * knows it and does not show it: the channel's own port answers, its method does not.
 */
function post(channel: BroadcastChannel, message: object): boolean | undefined {
  const symbol = Object.getOwnPropertySymbols(channel).find(
    ({ description }) => description === 'kHandle',
  )
  const port = symbol && (channel as unknown as Record<symbol, Partial<MessagePort>>)[symbol]
  if (typeof port?.postMessage !== 'function') {
    channel.postMessage(message)
    return undefined
  }
  const hasListeners: unknown = port.postMessage(message)
  return typeof hasListeners === 'boolean' ? hasListeners : undefined
}
