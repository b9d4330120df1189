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
import { valueOf, type TellOptions } from './values.ts'

interface Part extends TellOptions {
  readonly role: 'source' | 'sink'
  readonly port: MessagePort
}

/** `postMessage` has no limit of its own: so many messages may be on their way. */
const WINDOW = 1000

/** Posts all; resolves with the time at which the timed part began. */
async function runSource({ port, what, messages }: Part): Promise<number> {
  const value = valueOf(what)
  let credit = WINDOW
  let more: (() => void) | undefined
  port.on('message', (seen: number) => {
    credit += seen
    more?.()
  })
  let begunMs = 0
  for (const count of [messages / 2, messages]) {
    begunMs = monotonicMs()
    for (let n = 0; n < count; n++) {
      if (credit === 0) await new Promise<void>((resolve) => (more = resolve))
      credit--
      port.postMessage(value)
    }
  }
  return begunMs
}

/** Takes all; resolves with the time of the last. */
function runSink({ port, messages }: Part): Promise<number> {
  let seen = 0
  return new Promise((resolve) => {
    port.on('message', () => {
      if (++seen % (WINDOW / 2) === 0) port.postMessage(WINDOW / 2)
      if (seen === messages * 1.5) resolve(monotonicMs())
    })
  })
}

if (isMainThread) {
  const options = readOptions<TellOptions>()
  const { port1, port2 } = new MessageChannel()
  const run = async (role: Part['role'], port: MessagePort): Promise<number> => {
    const part: Part = { ...options, role, port }
    const url = new URL(import.meta.url)
    const worker = new Worker(url, { workerData: part, transferList: [port] })
    const [at] = (await once(worker, 'message')) as [number]
    return at
  }
  const [begunMs, endedMs] = await Promise.all([run('source', port1), run('sink', port2)])
  const nanoseconds = Math.round((endedMs - begunMs) * 1e6)
  console.log(JSON.stringify({ messages: options.messages, nanoseconds }))
  process.exit()
} else {
  const part = workerData as Part
  parentPort!.postMessage(await (part.role === 'source' ? runSource(part) : runSink(part)))
}
