/** One actor asks another on another host. Prints the sample. */
import { isMainThread } from 'node:worker_threads'
import { createSystem, defineActor, type ActorRef } from '@ringpost/actors'
import { monotonicMs } from '../monotonicClock.ts'
import { readOptions } from '../twoSides.ts'
import { medianOf, type AskOptions } from './asking.ts'

const echo = defineActor(import.meta.url, 'echo', () => ({ echo: (value: number) => value }))

const asker = defineActor(import.meta.url, 'asker', (_, to: ActorRef<typeof echo>) => ({
  /** Median of single asks, in milliseconds. */
  async singly(forMs: number, restMs: number) {
    const times: number[] = []
    for (const end = monotonicMs() + forMs; monotonicMs() < end;) {
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs))
      const begun = monotonicMs()
      await to.ask.echo(times.length)
      times.push(monotonicMs() - begun)
    }
    return medianOf(times)
  },
  /** Milliseconds for each of `count` asks, of which so many are under way at a time. */
  async windowed(count: number, window: number) {
    const begun = monotonicMs()
    let left = count
    const one = async (): Promise<void> => {
      while (left-- > 0) await to.ask.echo(left)
    }
    await Promise.all(Array.from({ length: window }, one))
    return (monotonicMs() - begun) / count
  },
}))

if (isMainThread) {
  const { window, restMs, forMs, asks } = readOptions<AskOptions>()
  const system = await createSystem({ hosts: 2 })
  const to = await system.spawn(echo.with({ host: 1 }))
  const patient = { timeoutMs: Infinity }
  const from = (await system.spawn(asker.with({ host: 2 }), to)).with(patient)
  await from.ask.windowed(20_000, 64)
  await from.ask.singly(500, 0)
  const eachMs = await (window === 1
    ? from.ask.singly(forMs, restMs)
    : from.ask.windowed(asks, window))
  console.log(JSON.stringify({ nanoseconds: Math.round(eachMs * 1e6) }))
  await system.close()
}
