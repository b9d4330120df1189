/** Creatures meet in pairs at a mall, and change their colours; all messages go by way of one actor. */
import { defineActor, type ActorRef } from '@ringpost/actors'
import { outcome } from './outcome.ts'
import { expectEqual, inTurn, patiently, taken, program } from './program.ts'

/** 0, 1 and 2: two of different colours take the third. */
type Colour = number

const complement = (one: Colour, other: Colour): Colour => (one === other ? one : 3 - one - other)

interface Creature {
  begin(): void
  meet(colour: Colour, other: ActorRef<Creature>): void
  change(colour: Colour): void
  fade(): void
}

const mall = defineActor(
  import.meta.url,
  'mall',
  (_, creatures: number, meetings: number, result: ActorRef<typeof outcome>) => {
    let waiting: ActorRef<Creature> | undefined
    let meetingsLeft = meetings
    let creaturesLeft = creatures
    let met = 0
    return {
      come(colour: Colour, from: ActorRef<Creature>) {
        if (meetingsLeft === 0) taken(from.tell.fade())
        else if (waiting === undefined) waiting = from
        else {
          meetingsLeft--
          taken(waiting.tell.meet(colour, from))
          waiting = undefined
        }
      },
      faded(meetingsOfOne: number) {
        met += meetingsOfOne
        if (--creaturesLeft === 0) result.tell.is(met)
      },
    }
  },
)

const creature = defineActor(
  import.meta.url,
  'creature',
  (ctx, place: number, to: ActorRef<typeof mall>): Creature => {
    const self = ctx.self as unknown as ActorRef<Creature>
    let colour = place % 3
    let meetings = 0
    const goOn = (): void => {
      meetings++
      taken(to.tell.come(colour, self))
    }
    return {
      begin: () => taken(to.tell.come(colour, self)),
      meet(others, other) {
        colour = complement(colour, others)
        taken(other.tell.change(colour))
        goOn()
      },
      change(to) {
        colour = to
        goOn()
      },
      fade: () => taken(to.tell.faded(meetings)),
    }
  },
)

const master = defineActor(import.meta.url, 'master', (ctx) => ({
  async begin(hosts: number, creatures: number, to: ActorRef<typeof mall>) {
    const all = await Promise.all(
      Array.from({ length: creatures }, (_, place) =>
        ctx.spawn(creature.with({ host: inTurn(place, hosts) }), place, to),
      ),
    )
    for (const each of all) taken(each.tell.begin())
  },
}))

export const chameneos = program<{ creatures: number; meetings: number }>({
  parameters: { creatures: 100, meetings: 200_000 },
  small: { creatures: 100, meetings: 20_000 },
  async run(system, hosts, { creatures, meetings }) {
    await using result = await system.spawn(outcome.with({ host: 1 }))
    await using to = await system.spawn(mall.with({ host: 1 }), creatures, meetings, result)
    await using all = await system.spawn(master.with({ host: 1 }))
    await all.ask.begin(hosts, creatures, to)
    expectEqual('meetings', await result.with(patiently).ask.get(), 2 * meetings)
  },
})
