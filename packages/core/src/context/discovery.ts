import {
  BroadcastChannel,
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
  threadId,
  type MessagePort,
} from 'node:worker_threads'
import { agree, type Room } from './agreement.ts'
import { Answerer } from './answerer.ts'
import { answerBlocked } from './process.ts'
import {
  CHANNEL,
  FLAG,
  messagesIn,
  newsFor,
  QUESTION_BYTES,
  waitForNews,
  type Announcement,
  type Question,
} from './question.ts'

/** Threads agree on this name, whatever copy of the library they have loaded. */
const CONTEXT_KEY = 'ringpost.context.1'
/** Raised as long as this thread lives, once it has a context that it was not given. */
let flag: BroadcastChannel | undefined

/**
 * The buffer of the one context of this process: found, or made and announced; undefined where another
 * thread has it and does not answer.
 *
 * Threads started later find it in their environment data; those already running hear of it over
 * a channel, or ask there when they come to look.
 */
export function findOrAnnounce(make: () => SharedArrayBuffer): SharedArrayBuffer | undefined {
  const known = getEnvironmentData(CONTEXT_KEY) as unknown
  if (known instanceof SharedArrayBuffer) return known
  const channel = new BroadcastChannel(CHANNEL)
  const context = ask(channel, make())
  if (context === undefined) {
    // What this thread starts is to ask as well.
    channel.close()
    flag?.close()
    return undefined
  }
  setEnvironmentData(CONTEXT_KEY, context as never)
  const answerer = new Answerer(channel, context)
  channel.postMessage({ context } satisfies Announcement)
  // What the main thread starts from now on is given the context, and need not ask.
  if (!isMainThread) answerBlocked(answerer)
  return context
}

/** The context that another thread has, if there is one, or else one that all who ask agree on. */
function ask(
  channel: BroadcastChannel,
  candidate: SharedArrayBuffer,
): SharedArrayBuffer | undefined {
  const question: Question = { words: new SharedArrayBuffer(QUESTION_BYTES), candidate, threadId }
  const steps = agree(roomOf(channel), question)
  let news = newsFor(question)
  let step = steps.next()
  while (step.done !== true) {
    const isOver = step.value > 0 && waitForNews(question, news, step.value)
    // Before it looks at what was posted, so that it is woken by what comes after.
    news = newsFor(question)
    step = steps.next(isOver)
  }
  return step.value
}

function roomOf(channel: BroadcastChannel): Room {
  return {
    isMainThread,
    post: (message) => post(channel, message),
    messages: () => messagesIn(channel),
    raise() {
      if (flag === undefined) {
        flag = new BroadcastChannel(FLAG)
        // What comes there is of no interest: it is posted to see whether anybody hears it.
        flag.onmessage = () => {}
        flag.unref()
      }
      const hasListeners = post(flag, 'here')
      return hasListeners === undefined ? undefined : !hasListeners
    },
    now: () => process.hrtime.bigint(),
  }
}

/**
 * Posts a message and says whether anybody else listens; undefined when that cannot be told. Node
 * knows it and does not show it: the channel's own port answers, its method does not.
 */
function post(channel: BroadcastChannel, message: unknown): boolean | undefined {
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
