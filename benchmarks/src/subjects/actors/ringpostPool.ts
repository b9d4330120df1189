/** Empty tasks through a pool of two actors, each on its own host. Prints the sample. */
import { isMainThread } from 'node:worker_threads'
import { createSystem, defineActor } from '@ringpost/actors'
import { readOptions } from '../twoSides.ts'
import { measureAsks, type AskOptions } from './asking.ts'

const echo = defineActor(import.meta.url, 'echo', () => ({ echo: (value: number) => value }))

if (isMainThread) {
  const system = await createSystem({ hosts: 2 })
  const pool = await system.pool(echo, { size: 2 })
  const eachMs = await measureAsks((value) => pool.ask.echo(value), readOptions<AskOptions>())
  console.log(JSON.stringify({ nanoseconds: Math.round(eachMs * 1e6) }))
  await system.close()
}
