/** One actor tells another to count, and asks in the end how far it has come. */
import { defineActor, type ActorRef } from '@ringpost/actors'
import { expectEqual, inTurn, patiently, program } from './program.ts'

/** After so many tells one waits for room, so that the host goes on with other things. */
const TELLS_PER_SEND = 500

const counter = defineActor(import.meta.url, 'counter', () => {
  let count = 0
  return {
    increment: () => void count++,
    count: () => count,
  }
})

const producer = defineActor(import.meta.url, 'producer', (_, to: ActorRef<typeof counter>) => ({
  async produce(messages: number) {
    for (let n = 1; n <= messages; n++)
      if (n % TELLS_PER_SEND === 0 || !to.tell.increment()) await to.send.increment()
    return to.with(patiently).ask.count()
  },
}))

export const counting = program<{ messages: number }>({
  parameters: { messages: 1_000_000 },
  small: { messages: 100_000 },
  async run(system, hosts, { messages }) {
    await using to = await system.spawn(counter.with({ host: inTurn(1, hosts) }))
    await using from = await system.spawn(producer.with({ host: 1 }), to)
    expectEqual('count', await from.with(patiently).ask.produce(messages), messages)
  },
})
