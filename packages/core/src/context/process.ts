import {
  BroadcastChannel,
  getEnvironmentData,
  isMainThread,
  receiveMessageOnPort,
  setEnvironmentData,
  threadId,
  type Worker,
} from 'node:worker_threads'
import { reapThreads } from '../thread/reaper.ts'
import type { Thread } from '../thread/thread.ts'

/** Threads agree on these names, whatever copy of the library they have loaded. */
const CONTEXT_KEY = 'ringpost.context.1'
const PARENT_KEY = 'ringpost.parent.1'
const CHANNEL = 'ringpost.context.1'
/** How long a thread that was started without a context waits for another one to answer. */
const ANSWER_TIMEOUT_MS = 200

/** What a thread asks all others: answered by an announcement, and by waking `answered`. */
interface Question {
  readonly answered: SharedArrayBuffer
  /** The context that it will use if nobody answers. */
  readonly candidate: SharedArrayBuffer
  readonly threadId: number
}

/** The context that all of this process share. */
interface Announcement {
  readonly context: SharedArrayBuffer
}

const isAnnouncement = (message: unknown): message is Announcement =>
  typeof message === 'object' && message !== null && 'context' in message

const isQuestion = (message: unknown): message is Question =>
  typeof message === 'object' && message !== null && 'answered' in message

const members = new Set<Thread>()

/** The thread that started this one, or its nearest ancestor that has loaded the library. */
const parent = Number(getEnvironmentData(PARENT_KEY) ?? -1)
setEnvironmentData(PARENT_KEY, threadId)
export const parentThreadId = (): number => parent

// A terminated thread runs nothing of its own any more: who started it cleans up.
process.on('worker', (worker: Worker) => {
  const id = worker.threadId
  worker.once('exit', () => {
    for (const member of members) reapThreads(member, id)
  })
})

/** A thread takes part in a context until it ends. */
export function joinProcess(thread: Thread): void {
  members.add(thread)
  if (isMainThread || members.size > 1) return
  process.once('exit', () => {
    for (const member of members) member.end()
  })
}

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
  const own = make()
  const context = isMainThread ? own : ask(channel, own)
  setEnvironmentData(CONTEXT_KEY, context as never)
  channel.onmessage = (event) => {
    const message = (event as { data: unknown }).data
    if (isQuestion(message)) answer(channel, message, context)
  }
  // Answering keeps no process alive.
  channel.unref()
  channel.postMessage({ context } satisfies Announcement)
  return context
}

function answer(channel: BroadcastChannel, question: Question, context: SharedArrayBuffer): void {
  channel.postMessage({ context } satisfies Announcement)
  const answered = new Int32Array(question.answered)
  Atomics.store(answered, 0, 1)
  Atomics.notify(answered, 0)
}

/**
 * Another thread may have made a context after this one was started. If several ask at once, all
 * of them settle for what the first of them proposed.
 */
function ask(channel: BroadcastChannel, own: SharedArrayBuffer): SharedArrayBuffer {
  const answered = new Int32Array(new SharedArrayBuffer(4))
  const question: Question = { answered: answered.buffer, candidate: own, threadId }
  channel.postMessage(question)
  Atomics.wait(answered, 0, 0, ANSWER_TIMEOUT_MS)
  let first = question
  for (;;) {
    const received = receiveMessageOnPort(channel as never) as { message: unknown } | undefined
    if (received === undefined) return first.candidate
    const { message } = received
    if (isAnnouncement(message)) return message.context
    if (isQuestion(message) && message.threadId < first.threadId) first = message
  }
}
