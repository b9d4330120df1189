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
  return {
    put(value: unknown) {
      if (value === undefined) throw new Error('a message without its value')
      seen++
    },
    /** The time at which all were seen that were told before this was asked; begins anew. */
    ended(count: number) {
      if (seen !== count) throw new Error(`${seen} of ${count} messages came`)
      seen = 0
      return monotonicMs()
    },
  }
})

const source = defineActor(import.meta.url, 'source', (_, to: ActorRef<typeof sink>) => ({
  /** Nanoseconds from the first tell until the last was handled. */
  async tell(count: number, what: What) {
    const value = valueOf(what)
    const begunMs = monotonicMs()
    for (let sent = 0; sent < count; sent += TELLS_PER_SEND) {
      for (let n = 1; n < TELLS_PER_SEND; n++) if (!to.tell.put(value)) await to.send.put(value)
      await to.send.put(value)
    }
    const endedMs = await to.with({ timeoutMs: Infinity }).ask.ended(count)
    return Math.round((endedMs - begunMs) * 1e6)
  },
}))

if (isMainThread) {
  const { where, what, messages } = readOptions<TellOptions>()
  const system = await createSystem({ hosts: where === 'within' ? 1 : 2 })
  const to = await system.spawn(sink.with({ host: 1, mailbox: MAILBOX }))
  const from = await system.spawn(source.with({ host: where === 'within' ? 1 : 2 }), to)
  const patient = from.with({ timeoutMs: Infinity })
  await patient.ask.tell(messages / 2, what)
  const nanoseconds = await patient.ask.tell(messages, what)
  console.log(JSON.stringify({ messages, nanoseconds }))
  await system.close()
}
