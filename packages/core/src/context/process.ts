import {
  BroadcastChannel,
  getEnvironmentData,
  isMainThread,
  receiveMessageOnPort,
  setEnvironmentData,
  threadId,
  type MessagePort,
  type Worker,
} from 'node:worker_threads'
import type { Chore, Thread } from '../thread/thread.ts'

/** Threads agree on these names, whatever copy of the library they have loaded. */
const CONTEXT_KEY = 'ringpost.context.1'
const PARENT_KEY = 'ringpost.parent.1'
const CHANNEL = 'ringpost.context.1'
/** How long a thread that was started without a context waits for those that ask as well. */
const RIVALS_TIMEOUT_MS = 200
/** How much longer it waits for one that listens and does not ask. */
const ANSWER_TIMEOUT_MS = 5000
/** How often a thread that is blocked looks whether others ask. */
const LOOK_EVERY_MS = 50

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
    for (const watcher of watchers) {
      const context = watcher.deref()
      if (context === undefined) watchers.delete(watcher)
      else context[reapThread](id)
    }
  })
})

/** Cleans up after a thread; the key of a method, so that users see no such name. */
export const reapThread: unique symbol = Symbol('reapThread')

interface Watcher {
  [reapThread](threadId: number): void
}

/** Contexts that this thread knows, whether it takes part in them or has only handed them on. */
const watchers = new Set<WeakRef<Watcher>>()

export function watchForDeaths(context: Watcher): void {
  watchers.add(new WeakRef(context))
}

/** A thread takes part in a context until it ends. */
export function joinProcess(thread: Thread): void {
  members.add(thread)
  thread.chore = answering
  if (isMainThread || members.size > 1) return
  process.once('exit', () => {
    answering?.act()
    for (const member of members) member.end()
  })
}

/**
 * What a thread does now and then while it is blocked: answers those that ask for the context.
 * Only where threads may ask that the main thread has started without one.
 */
let answering: Chore | undefined

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
  channel.onmessage = (event) => answer(channel, (event as { data: unknown }).data, context)
  // Answering keeps no process alive.
  channel.unref()
  channel.postMessage({ context } satisfies Announcement)
  if (!isMainThread) {
    const act = (): void => {
      for (const message of messagesIn(channel)) answer(channel, message, context)
    }
    answering = { everyMs: LOOK_EVERY_MS, act }
  }
  return context
}

function answer(channel: BroadcastChannel, message: unknown, context: SharedArrayBuffer): void {
  if (!isQuestion(message)) return
  channel.postMessage({ context } satisfies Announcement)
  const answered = new Int32Array(message.answered)
  Atomics.store(answered, 0, 1)
  Atomics.notify(answered, 0)
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

function* messagesIn(channel: BroadcastChannel): Generator<unknown> {
  for (;;) {
    const received = receiveMessageOnPort(channel as never) as { message: unknown } | undefined
    if (received === undefined) return
    yield received.message
  }
}
