/** One actor tells another as fast as it is taken. Prints the sample. */
import { isMainThread } from 'node:worker_threads'
import { createSystem, defineActor, type ActorRef } from '@ringpost/actors'
import { monotonicMs } from '../monotonicClock.ts'
import { readOptions } from '../twoSides.ts'
import { valueOf, type TellOptions, type What } from './values.ts'

/** After so many tells one waits for room, so that the sender's host goes on with other things. */
const TELLS_PER_SEND = 500
/** As far as Erlang's sender may be ahead. */
const MAILBOX = 1000

const sink = defineActor(import.meta.url, 'sink', () => {
  let seen = 0
  let whole: ((at: number) => void) | undefined
  let awaited = Infinity
  return {
    put(value: unknown) {
      if (value === undefined) throw new Error('a message without its value')
      if (++seen === awaited) whole?.(monotonicMs())
    },
    forget() {
      seen = 0
      awaited = Infinity
    },
    /** Settles when so many were seen, with the time of the last. */
    seen(count: number) {
      if (seen === count) return monotonicMs()
      awaited = count
      return new Promise<number>((resolve) => (whole = resolve))
    },
  }
})

const source = defineActor(import.meta.url, 'source', (_, to: ActorRef<typeof sink>) => ({
  async tell(count: number, what: What) {
    const value = valueOf(what)
    const begun = monotonicMs()
    for (let sent = 0; sent < count; sent += TELLS_PER_SEND) {
      for (let n = 1; n < TELLS_PER_SEND; n++) if (!to.tell.put(value)) await to.send.put(value)
      await to.send.put(value)
    }
    return begun
  },
}))

if (isMainThread) {
  const { where, what, messages } = readOptions<TellOptions>()
  const system = await createSystem({ hosts: where === 'within' ? 1 : 2 })
  const to = await system.spawn(sink.with({ host: 1, mailbox: MAILBOX }))
  const from = await system.spawn(source.with({ host: where === 'within' ? 1 : 2 }), to)
  const patient = { timeoutMs: Infinity }
  const tell = async (count: number): Promise<[number, number]> => {
    const ended = to.with(patient).ask.seen(count)
    return Promise.all([from.with(patient).ask.tell(count, what), ended])
  }
  await tell(messages / 2)
  await to.ask.forget()
  const [begunMs, endedMs] = await tell(messages)
  console.log(JSON.stringify({ messages, nanoseconds: Math.round((endedMs - begunMs) * 1e6) }))
  await system.close()
}
