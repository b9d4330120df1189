import { BroadcastChannel, workerData } from 'node:worker_threads'
import { Arena } from '../memory/arena.ts'
import { ThreadTable } from '../memory/threadTable.ts'
import { answer, CHANNEL } from './question.ts'

/** What a registrar is given by the thread that it answers for. */
export interface Registration {
  /** What to answer. */
  readonly context: SharedArrayBuffer
  /** The arenas and the slots in which that thread may sleep. */
  readonly sleepers: readonly { readonly arena: SharedArrayBuffer; readonly slot: number }[]
}

/**
 * The main module of a registrar: a thread that answers those who look for the context of the
 * process while the thread that has started it is blocked. It takes part in no context, and ends
 * with the thread that has started it.
 */
const { context, sleepers } = workerData as Registration
const channel = new BroadcastChannel(CHANNEL)
channel.onmessage = ({ data }: { data: unknown }) =>
  answer((announcement) => channel.postMessage(announcement), data, context)

// What was asked before is in the other thread's channel, for it to answer before it sleeps on.
for (const { arena, slot } of sleepers) new ThreadTable(Arena.open(arena)).rouse(slot)
