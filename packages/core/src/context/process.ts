import {
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
  threadId,
  type Worker,
} from 'node:worker_threads'
import type { Thread } from '../thread/thread.ts'
import type { Answerer } from './answerer.ts'

/** Threads agree on this name, whatever copy of the library they have loaded. */
const PARENT_KEY = 'ringpost.parent.1'

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
      else reap(context, id)
    }
  })
})

function reap(context: Watcher, id: number): void {
  try {
    context[reapThread](id)
  } catch (error) {
    // It has no place for one more thread to clean up. The others are to be cleaned up all the same.
    process.emitWarning(error as Error)
  }
}

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

/** Who answers those that look for the context, where some may have to. */
let answerer: Answerer | undefined

/** Threads that join from now on have others answered while they are blocked, and when they end. */
export function answerBlocked(by: Answerer): void {
  answerer = by
}

/** A thread takes part in a context until it ends. */
export function joinProcess(thread: Thread): void {
  members.add(thread)
  thread.beforeSleep = () => answerer?.beforeSleep(members)
  if (isMainThread || members.size > 1) return
  process.once('exit', () => {
    answerer?.catchUp()
    for (const member of members) member.end()
  })
}
