import { expectTypeOf, test } from 'vitest'
import { defineActor } from '../../definition/definition.ts'
import type { ActorRef } from '../../host/ref.ts'
import type { ActorSystem } from '../../system/system.ts'
import { registryKey } from '../registry/key.ts'
import type { Gathered } from './gather.ts'

declare const system: ActorSystem

const counter = defineActor(import.meta.url, 'counter', (_ctx, start: number) => ({
  add: (by: number) => void (start += by),
  value: async () => start,
  *upTo(limit: number) {
    while (start < limit) yield start++
  },
}))

test('a pool has the verbs of its members', async () => {
  const pool = await system.pool(counter, { size: 2 }, 40)
  expectTypeOf(pool.tell.add).toEqualTypeOf<(by: number) => boolean>()
  expectTypeOf(pool.ask.value).toEqualTypeOf<() => Promise<number>>()
  expectTypeOf(pool.stream.upTo(1)).toEqualTypeOf<AsyncGenerator<number, void, void>>()
  expectTypeOf(pool.broadcast.add).toEqualTypeOf<(by: number) => boolean>()
  expectTypeOf(pool.gather({ first: 1 }).value).toEqualTypeOf<() => Promise<Gathered<number>>>()
  const ref: ActorRef<{ add(by: number): void }> = pool
  void ref

  // @ts-expect-error the factory needs a number
  await system.pool(counter, {})
  // @ts-expect-error no such route
  await system.pool(counter, { route: 'random' }, 1)
  // @ts-expect-error no such handler
  pool.ask.subtract(1)
  // @ts-expect-error streams are not gathered
  await pool.gather().upTo(1)
})

test('a name in the registry has a type', async () => {
  const key = registryKey<typeof counter>('counter')
  const found = await system.registry.find(key)
  expectTypeOf(found!.ask.value).toEqualTypeOf<() => Promise<number>>()
  const other = await system.registry.waitFor(counter)
  expectTypeOf(other.ask.value).toEqualTypeOf<() => Promise<number>>()
  for await (const refs of system.registry.watch(key))
    expectTypeOf(refs[0]!.tell.add).toEqualTypeOf<(by: number) => boolean>()

  const wrong = await system.spawn(
    defineActor(import.meta.url, 'wrong', () => ({ subtract: (_by: number) => undefined })),
  )
  // @ts-expect-error the key is of other actors
  await system.registry.register(key, wrong)
})

test('values of topics have the type that the subscriber claims', async () => {
  for await (const [topic, value] of system.topics.subscribe<{ n: number }>('x')) {
    expectTypeOf(topic).toEqualTypeOf<string>()
    expectTypeOf(value.n).toEqualTypeOf<number>()
  }
  system.topics.subscribe<number>('x', (value, topic) => {
    expectTypeOf(value).toEqualTypeOf<number>()
    expectTypeOf(topic).toEqualTypeOf<string>()
  })
})
