/** One actor tells many, each in turn; for every message each computes a little. */
import { defineActor } from '@ringpost/actors'
import { compute } from './compute.ts'
import { expectEqual, inTurn, patiently, program } from './program.ts'

const worker = defineActor(import.meta.url, 'worker', () => {
  let computed = 0
  return {
    compute() {
      compute()
      computed++
    },
    computed: () => computed,
  }
})

interface Throughput {
  readonly messages: number
  readonly workers: number
}

const master = defineActor(import.meta.url, 'master', (ctx) => ({
  async run(hosts: number, { messages, workers }: Throughput) {
    const all = await Promise.all(
      Array.from({ length: workers }, (_, place) =>
        ctx.spawn(worker.with({ host: inTurn(place, hosts) })),
      ),
    )
    for (let n = 0; n < messages; n++)
      for (const each of all) if (!each.tell.compute()) await each.send.compute()
    const computed = await Promise.all(all.map((each) => each.with(patiently).ask.computed()))
    return computed.reduce((sum, count) => sum + count)
  },
}))

export const forkJoinThroughput = program<Throughput>({
  parameters: { messages: 10_000, workers: 60 },
  small: { messages: 1_000, workers: 60 },
  async run(system, hosts, parameters) {
    await using all = await system.spawn(master.with({ host: 1 }))
    const computed = await all.with(patiently).ask.run(hosts, parameters)
    expectEqual('computed', computed, parameters.messages * parameters.workers)
  },
})
