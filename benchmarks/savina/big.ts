/** Each actor sends pings to others that chance picks, the next when it has the pong: all to all. */
import { defineActor, type ActorRef } from '@ringpost/actors'
import { outcome } from './outcome.ts'
import { expectEqual, inTurn, patiently, taken, program } from './program.ts'
import { Random } from './random.ts'

interface Actor {
  know(all: readonly ActorRef<Actor>[]): void
  begin(): void
  ping(from: number): void
  pong(from: number): void
}

const sink = defineActor(
  import.meta.url,
  'sink',
  (_, actors: number, result: ActorRef<typeof outcome>) => {
    let left = actors
    let pongs = 0
    return {
      done(pongsOfOne: number) {
        pongs += pongsOfOne
        if (--left === 0) result.tell.is(pongs)
      },
    }
  },
)

const actor = defineActor(
  import.meta.url,
  'actor',
  (_, place: number, pings: number, to: ActorRef<typeof sink>): Actor => {
    const random = new Random(place)
    let all: readonly ActorRef<Actor>[] = []
    let pongs = 0
    let expected = 0
    const pingOne = (): void => {
      expected = random.below(all.length)
      taken(all[expected]!.tell.ping(place))
    }
    return {
      know: (others) => void (all = others),
      begin: pingOne,
      ping: (from) => taken(all[from]!.tell.pong(place)),
      pong(from) {
        expectEqual('pong', from, expected)
        if (++pongs === pings) taken(to.tell.done(pongs))
        else pingOne()
      },
    }
  },
)

const master = defineActor(import.meta.url, 'master', (ctx) => ({
  async begin(hosts: number, actors: number, pings: number, to: ActorRef<typeof sink>) {
    const all = await Promise.all(
      Array.from({ length: actors }, (_, place) =>
        ctx.spawn(actor.with({ host: inTurn(place, hosts) }), place, pings, to),
      ),
    )
    await Promise.all(all.map((each) => each.ask.know(all)))
    for (const each of all) taken(each.tell.begin())
  },
}))

export const big = program<{ actors: number; pings: number }>({
  parameters: { actors: 120, pings: 20_000 },
  small: { actors: 120, pings: 1_000 },
  async run(system, hosts, { actors, pings }) {
    await using result = await system.spawn(outcome.with({ host: 1 }))
    await using to = await system.spawn(sink.with({ host: 1 }), actors, result)
    await using all = await system.spawn(master.with({ host: 1 }))
    await all.with(patiently).ask.begin(hosts, actors, pings, to)
    expectEqual('pongs', await result.with(patiently).ask.get(), actors * pings)
  },
})
