import { describe, expectTypeOf, it } from 'vitest'
import type { ActorRef, ActorSystem, Outcome } from '../index.ts'
import { defineActor, defineTask } from '../index.ts'

declare const system: ActorSystem

const url = import.meta.url
const square = defineTask(url, 'square', (n: number) => n * n)
const later = defineTask(url, 'later', async (n: number) => String(n))
const resizer = defineActor(url, 'resizer', (_ctx, width: number) => ({
  resize: (name: string) => ({ name, width }),
  crop: async (name: string, to: number) => `${name} ${to}`,
  *parts(name: string) {
    yield name
  },
}))

describe('a farm of functions', () => {
  it('knows what they take and return', async () => {
    const farm = await system.farm()
    for await (const result of farm.map([1, 2], square))
      expectTypeOf(result).toEqualTypeOf<number>()
    for await (const result of farm.map([1], later)) expectTypeOf(result).toEqualTypeOf<string>()
    expectTypeOf(await farm.run(1, later)).toEqualTypeOf<string>()
    const outcomes = farm.outcomes([1], square)
    expectTypeOf((await outcomes.next()).value).toEqualTypeOf<Outcome<number, number> | void>()
    const total = farm.reduce([1], square, (sum: bigint, n) => sum + BigInt(n), 0n)
    expectTypeOf(await total).toEqualTypeOf<bigint>()
  })

  it('refuses other items, and handlers that nobody has', async () => {
    const farm = await system.farm()
    // @ts-expect-error the task takes numbers
    farm.map(['a'], square)
    // @ts-expect-error its workers run functions only
    farm.map(['a'], 'resize')
    // @ts-expect-error nothing to iterate
    farm.map(5, square)
    expectTypeOf(farm).not.toBeAny()
  })

  it('takes the caller’s word for what a module exports', async () => {
    const farm = await system.farm({ module: url, export: 'x', workers: 3 })
    expectTypeOf(await farm.run<string>(1)).toEqualTypeOf<string>()
    expectTypeOf(await farm.run(1)).toEqualTypeOf<unknown>()
  })
})

describe('a farm of actors', () => {
  it('knows their handlers', async () => {
    const farm = await system.farm(resizer, { args: [200] })
    const resized = farm.map(['a'], 'resize')
    expectTypeOf((await resized.next()).value).toEqualTypeOf<{
      name: string
      width: number
    } | void>()
    const cropped = farm.map([1], 'crop', { arguments: (n) => [String(n), n] })
    expectTypeOf((await cropped.next()).value).toEqualTypeOf<string | void>()
  })

  it('refuses other items, handlers and arguments', async () => {
    // @ts-expect-error the actor wants a width
    await system.farm(resizer)
    // @ts-expect-error not this one
    await system.farm(resizer, { args: ['wide'] })
    const farm = await system.farm(resizer, { args: [200] })
    // @ts-expect-error the handler takes strings
    farm.map([1], 'resize')
    // @ts-expect-error it streams
    farm.map(['a'], 'parts')
    // @ts-expect-error there is none
    farm.map(['a'], 'enlarge')
    // @ts-expect-error the second is a number
    farm.map(['a'], 'crop', { arguments: (name) => [name, name] })
    expectTypeOf(farm).not.toBeAny()
  })

  it('may have refs for workers', async () => {
    const refs: ActorRef<{ resize(name: string): number }>[] = []
    const farm = await system.farm(refs)
    expectTypeOf(await farm.run('a', 'resize')).toEqualTypeOf<number>()
    const byDefinition: ActorRef<typeof resizer>[] = []
    const same = await system.farm(byDefinition)
    for (const ref of byDefinition) same.hire(ref)
    same.map(['a'], 'resize')
    // @ts-expect-error there is none
    same.map(['a'], 'enlarge')
  })
})

describe('a pipeline', () => {
  it('follows types through its stages', async () => {
    const draft = system.pipeline<number>().stage('square', square).stage('later', later)
    const pipeline = await draft.stage('resize', resizer, 'resize', { args: [5] }).open()
    const results = pipeline.run([1, 2, 3])
    expectTypeOf((await results.next()).value).toEqualTypeOf<{
      name: string
      width: number
    } | void>()
    // @ts-expect-error it takes numbers
    pipeline.run(['a'])
  })

  it('refuses a stage that does not take what the last one returns', () => {
    // @ts-expect-error the task takes numbers
    system.pipeline<string>().stage('square', square)
    // @ts-expect-error the handler takes strings
    system.pipeline<number>().stage('resize', resizer, 'resize', { args: [5] })
    expectTypeOf(system.pipeline<number>()).not.toBeAny()
  })
})
