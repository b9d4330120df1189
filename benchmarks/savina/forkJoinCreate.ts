/** Many actors, each of which is spawned, computes a little for the one message that it gets, and stops. */
import { defineActor, type ActorRef } from '@ringpost/actors'
import { compute } from './compute.ts'
import { expectEqual, inTurn, patiently, program, taken } from './program.ts'

/** Spawns that are under way at a time: on another host each is answered. */
const SPAWNING = 64

/** In this thread. */
let computed = 0

const worker = defineActor(import.meta.url, 'worker', (ctx) => ({
  compute() {
    compute()
    computed++
    ctx.stop()
  },
}))

/** Tells what the workers of its host have computed since it was asked last. */
const tally = defineActor(import.meta.url, 'tally', () => ({
  take() {
    const count = computed
    computed = 0
    return count
  },
}))

const master = defineActor(import.meta.url, 'master', (ctx) => ({
  async run(hosts: number, workers: number) {
    const stopping: Promise<unknown>[] = []
    let spawned = 0
    const spawnSome = async (): Promise<void> => {
      while (spawned < workers) {
        const host = inTurn(spawned++, hosts)
        const one: ActorRef<typeof worker> = await ctx.spawn(worker.with({ host }))
        taken(one.tell.compute())
        stopping.push(one.down())
      }
    }
    await Promise.all(Array.from({ length: SPAWNING }, spawnSome))
    await Promise.all(stopping)
  },
}))

export const forkJoinCreate = program<{ workers: number }>({
  parameters: { workers: 40_000 },
  small: { workers: 4_000 },
  async run(system, hosts, { workers }) {
    await using all = await system.spawn(master.with({ host: 1 }))
    await all.with(patiently).ask.run(hosts, workers)
    let sum = 0
    for (let host = 1; host <= hosts; host++) {
      await using one = await system.spawn(tally.with({ host }))
      sum += await one.ask.take()
    }
    expectEqual('computed', sum, workers)
  },
})
