/** One actor asks another on another host. Prints the sample. */
import { isMainThread } from 'node:worker_threads'
import { createSystem, defineActor, type ActorRef } from '@ringpost/actors'
import { readOptions } from '../twoSides.ts'
import { measureAsks, type AskOptions } from './asking.ts'

const echo = defineActor(import.meta.url, 'echo', () => ({ echo: (value: number) => value }))

const asker = defineActor(import.meta.url, 'asker', (_, to: ActorRef<typeof echo>) => ({
  measure: (options: AskOptions) => measureAsks((value) => to.ask.echo(value), options),
}))

if (isMainThread) {
  const system = await createSystem({ hosts: 2 })
  const to = await system.spawn(echo.with({ host: 1 }))
  const from = await system.spawn(asker.with({ host: 2 }), to)
  const eachMs = await from.with({ timeoutMs: Infinity }).ask.measure(readOptions<AskOptions>())
  console.log(JSON.stringify({ nanoseconds: Math.round(eachMs * 1e6) }))
  await system.close()
}
