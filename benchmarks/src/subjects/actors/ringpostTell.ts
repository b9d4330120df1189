/** One actor tells another as fast as it is taken. Prints the sample. */
import { isMainThread } from 'node:worker_threads'
import { createSystem, defineActor, type ActorRef } from '@ringpost/actors'
import { monotonicMs } from '../monotonicClock.ts'
import { readOptions } from '../twoSides.ts'
import { valueOf, WINDOW, type TellOptions, type What } from './values.ts'
import { WARM_UP_MS } from './warmUp.ts'

/** After so many tells one waits for room, so that the sender's host goes on with other things. */
const TELLS_PER_SEND = 500

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

const source = defineActor(import.meta.url, 'source', (_, to: ActorRef<typeof sink>) => {
  /** Tells as long as there is more to tell; settles with the time at which the last was handled. */
  const tellAll = async (what: What, hasMore: (told: number) => boolean): Promise<number> => {
    const value = valueOf(what)
    let told = 0
    for (; hasMore(told); told += TELLS_PER_SEND) {
      for (let n = 1; n < TELLS_PER_SEND; n++) if (!to.tell.put(value)) await to.send.put(value)
      await to.send.put(value)
    }
    return to.with({ timeoutMs: Infinity }).ask.ended(told)
  }
  return {
    /** Nanoseconds from the first tell until the last was handled, after a warm-up. */
    async tell({ what, messages }: TellOptions) {
      const warmUntil = monotonicMs() + WARM_UP_MS
      await tellAll(what, () => monotonicMs() < warmUntil)
      const begunMs = monotonicMs()
      const endedMs = await tellAll(what, (told) => told < messages)
      return Math.round((endedMs - begunMs) * 1e6)
    },
  }
})

if (isMainThread) {
  const options = readOptions<TellOptions>()
  const { where, messages } = options
  const system = await createSystem({ hosts: where === 'within' ? 1 : 2 })
  const to = await system.spawn(sink.with({ host: 1, mailbox: WINDOW }))
  const from = await system.spawn(source.with({ host: where === 'within' ? 1 : 2 }), to)
  const nanoseconds = await from.with({ timeoutMs: Infinity }).ask.tell(options)
  console.log(JSON.stringify({ messages, nanoseconds }))
  await system.close()
}
