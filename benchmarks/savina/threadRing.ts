/** A token goes around a ring of actors; each host has an arc of it. */
import { defineActor, type ActorRef } from '@ringpost/actors'
import { outcome } from './outcome.ts'
import { expectEqual, inBlocks, patiently, taken, program } from './program.ts'

interface Link {
  connect(next: ActorRef<Link>): void
  pass(hopsLeft: number): void
}

const link = defineActor(
  import.meta.url,
  'link',
  (_, place: number, result: ActorRef<typeof outcome>): Link => {
    let next: ActorRef<Link>
    return {
      connect: (to) => void (next = to),
      pass(hopsLeft) {
        if (hopsLeft === 0) result.tell.is(place)
        else taken(next.tell.pass(hopsLeft - 1))
      },
    }
  },
)

const master = defineActor(import.meta.url, 'master', (ctx) => ({
  async makeRing(hosts: number, actors: number, result: ActorRef<typeof outcome>) {
    const ring = await Promise.all(
      Array.from({ length: actors }, (_, place) =>
        ctx.spawn(link.with({ host: inBlocks(place, actors, hosts) }), place, result),
      ),
    )
    for (const [place, each] of ring.entries()) await each.send.connect(ring[(place + 1) % actors]!)
    return ring[0] as ActorRef<Link>
  },
}))

export const threadRing = program<{ actors: number; hops: number }>({
  parameters: { actors: 100, hops: 100_000 },
  small: { actors: 100, hops: 10_000 },
  async run(system, hosts, { actors, hops }) {
    await using result = await system.spawn(outcome.with({ host: 1 }))
    await using all = await system.spawn(master.with({ host: 1 }))
    const first = await all.ask.makeRing(hosts, actors, result)
    first.tell.pass(hops)
    expectEqual('last actor', await result.with(patiently).ask.get(), hops % actors)
  },
})
