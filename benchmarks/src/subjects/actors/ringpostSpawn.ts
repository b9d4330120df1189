/** Spawns actors on one host and stops them. Prints the sample. */
import { isMainThread } from 'node:worker_threads'
import { createSystem, defineActor, type ActorHandle } from '@ringpost/actors'
import { monotonicMs } from '../monotonicClock.ts'
import { readOptions } from '../twoSides.ts'

export interface SpawnCount {
  readonly actors: number
}

const idle = defineActor(import.meta.url, 'idle', () => ({ nothing() {} }))

const parent = defineActor(import.meta.url, 'parent', (ctx) => {
  const spawnAll = async (count: number): Promise<ActorHandle<typeof idle>[]> => {
    const children: ActorHandle<typeof idle>[] = []
    for (let n = 0; n < count; n++) children.push((await ctx.spawn(idle)) as never)
    return children
  }
  const stopAll = (children: ActorHandle<typeof idle>[]): Promise<unknown> =>
    Promise.all(children.map((child) => child.stop()))
  return {
    async run(actors: number) {
      await stopAll(await spawnAll(actors / 10))
      globalThis.gc?.()
      const before = process.memoryUsage().rss
      const begun = monotonicMs()
      const children = await spawnAll(actors)
      const spawned = monotonicMs()
      globalThis.gc?.()
      const bytes = (process.memoryUsage().rss - before) / actors
      const stopping = monotonicMs()
      await stopAll(children)
      const stopped = monotonicMs()
      return { actors, bytes, spawnMs: spawned - begun, stopMs: stopped - stopping }
    },
  }
})

if (isMainThread) {
  const { actors } = readOptions<SpawnCount>()
  const system = await createSystem({ hosts: 1 })
  const host = (await system.spawn(parent)).with({ timeoutMs: Infinity })
  const { bytes, spawnMs, stopMs } = await host.ask.run(actors)
  const inNanoseconds = (ms: number): number => Math.round(ms * 1e6)
  console.log(
    JSON.stringify({
      actors,
      bytes,
      spawnNanoseconds: inNanoseconds(spawnMs),
      stopNanoseconds: inNanoseconds(stopMs),
    }),
  )
  await system.close()
}
