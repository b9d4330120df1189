/** Two actors say ping and pong by turns, on two hosts if there are two. */
import { defineActor, type ActorRef } from '@ringpost/actors'
import { outcome } from './outcome.ts'
import { expectEqual, inTurn, patiently, taken, program } from './program.ts'

interface Pinger {
  pong(): void
}

const ponger = defineActor(import.meta.url, 'ponger', (_, from: ActorRef<Pinger>) => {
  let count = 0
  return {
    ping() {
      count++
      taken(from.tell.pong())
    },
    count: () => count,
  }
})

const pinger = defineActor(import.meta.url, 'pinger', (_, result: ActorRef<typeof outcome>) => {
  let to: ActorRef<typeof ponger>
  let left = 0
  return {
    begin(other: typeof to, pings: number) {
      to = other
      left = pings
      taken(to.tell.ping())
    },
    pong() {
      if (--left === 0) result.tell.is(left)
      else taken(to.tell.ping())
    },
  }
})

export const pingPong = program<{ pings: number }>({
  parameters: { pings: 40_000 },
  small: { pings: 4_000 },
  async run(system, hosts, { pings }) {
    await using result = await system.spawn(outcome.with({ host: 1 }))
    await using from = await system.spawn(pinger.with({ host: 1 }), result)
    await using to = await system.spawn(ponger.with({ host: inTurn(1, hosts) }), from)
    from.tell.begin(to, pings)
    await result.with(patiently).ask.get()
    expectEqual('pings', await to.ask.count(), pings)
  },
})
