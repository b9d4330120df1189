/** One thread posts to another as fast as it is taken. Prints the sample. */
import { once } from 'node:events'
import {
  isMainThread,
  MessageChannel,
  parentPort,
  Worker,
  workerData,
  type MessagePort,
} from 'node:worker_threads'
import { monotonicMs } from '../monotonicClock.ts'
import { readOptions } from '../twoSides.ts'
import { valueOf, WINDOW, type TellOptions } from './values.ts'
import { WARM_UP_MS } from './warmUp.ts'

interface Part extends TellOptions {
  readonly role: 'source' | 'sink'
  readonly port: MessagePort
}

/** What the sink says: how many it has seen since it last said so, or the time of the last one, when asked. */
type Said = { readonly seen: number } | { readonly ofAll: number; readonly atMs: number }

/** Asks the sink how many have come. */
const REPORT = null

/** Posts all, and resolves with the nanoseconds that they took. */
async function runSource({ port, what, messages }: Part): Promise<number> {
  const value = valueOf(what)
  let credit = WINDOW
  let wake: (() => void) | undefined
  let report: Extract<Said, { ofAll: number }> | undefined
  port.on('message', (said: Said) => {
    if ('seen' in said) credit += said.seen
    else report = said
    wake?.()
  })
  const heard = (): Promise<void> => new Promise((resolve) => (wake = resolve))
  /** Settles with the time of the last. */
  const postAll = async (hasMore: (posted: number) => boolean): Promise<number> => {
    let posted = 0
    report = undefined
    while (hasMore(posted)) {
      if (credit === 0) await heard()
      credit--
      posted++
      port.postMessage(value)
    }
    port.postMessage(REPORT)
    while (report === undefined) await heard()
    const { ofAll, atMs } = report as Extract<Said, { ofAll: number }>
    if (ofAll !== posted) throw new Error(`${ofAll} of ${posted} messages came`)
    return atMs
  }
  const warmUntil = monotonicMs() + WARM_UP_MS
  await postAll((posted) => posted % WINDOW !== 0 || monotonicMs() < warmUntil)
  const begunMs = monotonicMs()
  const endedMs = await postAll((posted) => posted < messages)
  return Math.round((endedMs - begunMs) * 1e6)
}

function runSink({ port }: Part): void {
  let seen = 0
  port.on('message', (value: unknown) => {
    if (value === REPORT) {
      port.postMessage({ ofAll: seen, atMs: monotonicMs() } satisfies Said)
      seen = 0
    } else if (++seen % (WINDOW / 2) === 0) {
      port.postMessage({ seen: WINDOW / 2 } satisfies Said)
    }
  })
}

if (isMainThread) {
  const options = readOptions<TellOptions>()
  const { port1, port2 } = new MessageChannel()
  const start = (role: Part['role'], port: MessagePort): Worker => {
    const part: Part = { ...options, role, port }
    return new Worker(new URL(import.meta.url), { workerData: part, transferList: [port] })
  }
  start('sink', port2)
  const [nanoseconds] = (await once(start('source', port1), 'message')) as [number]
  console.log(JSON.stringify({ messages: options.messages, nanoseconds }))
  process.exit()
} else {
  const part = workerData as Part
  if (part.role === 'sink') runSink(part)
  else parentPort!.postMessage(await runSource(part))
}
