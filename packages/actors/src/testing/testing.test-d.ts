import { describe, expectTypeOf, it } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import type { ActorRef } from '../host/ref.ts'
import type { createProbe, Probe } from './probe.ts'
import type { TestSystem } from './testSystem.ts'

const counter = defineActor('file:///counter.js', 'counter', (_ctx, start: number) => ({
  add(by: number) {
    return start + by
  },
  async load(key: string) {
    return key
  },
  *upTo(limit: number) {
    while (limit > 0) yield limit--
  },
}))

describe('a probe', () => {
  it('has the messages of what it stands for', () => {
    type Counter = Probe<typeof counter>
    expectTypeOf<Counter['ref']>().toExtend<ActorRef<typeof counter>>()
    const expectMessage = (probe: Counter) => ({
      add: probe.expectMessage('add'),
      load: probe.skipTo('load'),
      upTo: probe.expectMessage('upTo'),
    })
    type Messages = ReturnType<typeof expectMessage>
    expectTypeOf<Awaited<Messages['add']>['args']>().toEqualTypeOf<[by: number]>()
    expectTypeOf<Awaited<Messages['add']>['reply']>().parameters.toEqualTypeOf<[answer: number]>()
    expectTypeOf<Awaited<Messages['load']>['reply']>().parameters.toEqualTypeOf<[answer: string]>()
    expectTypeOf<number[]>().toExtend<Parameters<Awaited<Messages['upTo']>['reply']>[0]>()
  })

  it('has no other messages', () => {
    const wrong = (probe: Probe<typeof counter>) =>
      // @ts-expect-error there is no such handler
      probe.expectMessage('remove')
    expectTypeOf(wrong).toBeFunction()
  })

  it('is made in any system, a simulated one too', () => {
    expectTypeOf<TestSystem>().toExtend<Parameters<typeof createProbe>[0]>()
  })
})
