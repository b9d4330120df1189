/** Producers and consumers, and between them a manager with a buffer that holds so much and no more. */
import { defineActor, type ActorRef } from '@ringpost/actors'
import { outcome } from './outcome.ts'
import { expectEqual, inTurn, patiently, taken, program } from './program.ts'
import { Random } from './random.ts'

interface BoundedBuffer {
  readonly buffer: number
  readonly producers: number
  readonly consumers: number
  readonly itemsEach: number
  /** Of an item, to produce it and to consume it: a hundred logarithms. */
  readonly cost: number
}

interface Producer {
  produce(): void
}

interface Consumer {
  consume(item: number): void
  consumed(): number
}

function processItem(item: number, cost: number): number {
  const random = new Random(cost)
  let term = item
  for (let n = 0; n < cost * 100; n++) term += Math.log(random.next() + 0.01)
  return term
}

const producer = defineActor(
  import.meta.url,
  'producer',
  (ctx, to: ActorRef<Manager>, items: number, cost: number): Producer => {
    const self = ctx.self as unknown as ActorRef<Producer>
    let left = items
    let item = 0
    return {
      produce() {
        if (left-- > 0) {
          item = processItem(item, cost)
          taken(to.tell.produced(item, self))
        } else {
          taken(to.tell.producerIsDone())
        }
      },
    }
  },
)

const consumer = defineActor(
  import.meta.url,
  'consumer',
  (ctx, to: ActorRef<Manager>, cost: number): Consumer => {
    const self = ctx.self as unknown as ActorRef<Consumer>
    let last = 0
    let count = 0
    return {
      consume(item) {
        last = processItem(last + item, cost)
        count++
        taken(to.tell.isFree(self))
      },
      consumed: () => count,
    }
  },
)

interface Manager {
  begin(producers: readonly ActorRef<Producer>[], consumers: readonly ActorRef<Consumer>[]): void
  produced(item: number, from: ActorRef<Producer>): void
  isFree(consumer: ActorRef<Consumer>): void
  producerIsDone(): void
}

const manager = defineActor(
  import.meta.url,
  'manager',
  (_, parameters: BoundedBuffer, result: ActorRef<typeof outcome>): Manager => {
    // Each producer may have an item on its way.
    const most = parameters.buffer - parameters.producers
    const items: number[] = []
    const waitingProducers: ActorRef<Producer>[] = []
    const freeConsumers: ActorRef<Consumer>[] = []
    let producersLeft = parameters.producers
    const endIfAllIsDone = (): void => {
      if (producersLeft === 0 && freeConsumers.length === parameters.consumers)
        result.tell.is(items.length)
    }
    return {
      begin(producers, consumers) {
        freeConsumers.push(...consumers)
        for (const each of producers) taken(each.tell.produce())
      },
      produced(item, from) {
        const free = freeConsumers.shift()
        if (free === undefined) items.push(item)
        else taken(free.tell.consume(item))
        if (items.length >= most) waitingProducers.push(from)
        else taken(from.tell.produce())
      },
      isFree(consumer) {
        const item = items.shift()
        if (item === undefined) {
          freeConsumers.push(consumer)
          endIfAllIsDone()
        } else {
          taken(consumer.tell.consume(item))
          const waiting = waitingProducers.shift()
          if (waiting !== undefined) taken(waiting.tell.produce())
        }
      },
      producerIsDone() {
        producersLeft--
        endIfAllIsDone()
      },
    }
  },
)

const master = defineActor(import.meta.url, 'master', (ctx) => ({
  async run(hosts: number, parameters: BoundedBuffer, result: ActorRef<typeof outcome>) {
    const { producers, consumers, itemsEach, cost } = parameters
    const buffer = (await ctx.spawn(manager, parameters, result)) as ActorRef<Manager>
    const places = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n)
    const makers = await Promise.all(
      places(producers).map((place) =>
        ctx.spawn(producer.with({ host: inTurn(place, hosts) }), buffer, itemsEach, cost),
      ),
    )
    const takers = await Promise.all(
      places(consumers).map((place) =>
        ctx.spawn(consumer.with({ host: inTurn(place, hosts) }), buffer, cost),
      ),
    )
    taken(buffer.tell.begin(makers, takers))
    const left = await result.with(patiently).ask.get()
    const consumed = await Promise.all(takers.map((each) => each.ask.consumed()))
    return consumed.reduce((sum, count) => sum + count) + left
  },
}))

export const boundedBuffer = program<BoundedBuffer>({
  parameters: { buffer: 50, producers: 40, consumers: 40, itemsEach: 1_000, cost: 25 },
  small: { buffer: 50, producers: 40, consumers: 40, itemsEach: 50, cost: 25 },
  async run(system, hosts, parameters) {
    await using result = await system.spawn(outcome.with({ host: 1 }))
    await using all = await system.spawn(master.with({ host: 1 }))
    const consumed = await all.with(patiently).ask.run(hosts, parameters, result)
    expectEqual('items', consumed, parameters.producers * parameters.itemsEach)
  },
})
