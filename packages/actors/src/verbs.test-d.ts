import { describe, expectTypeOf, it } from 'vitest'
import {
  defineActor,
  type ActorHandle,
  type ActorRef,
  type ActorSystem,
  type SpawnOptions,
} from './index.ts'

const counter = defineActor('file:///counter.ts', 'counter', (_ctx, start: number) => {
  let n = start
  return {
    add(by: number, unit?: string) {
      n += by
      return unit
    },
    value: () => n,
    later: async () => String(n),
    *upTo(limit: number) {
      while (n < limit) yield n++
    },
    async *slowly(): AsyncGenerator<{ readonly n: number }> {
      yield { n }
    },
  }
})

declare const ref: ActorRef<typeof counter>
declare const system: ActorSystem

describe('a ref', () => {
  it('is what its definition is spawned as', () => {
    expectTypeOf(system.spawn(counter, 1)).resolves.toExtend<ActorHandle<typeof counter>>()
    expectTypeOf(system.spawn(counter, 1)).resolves.toExtend<ActorRef<typeof counter>>()
    // @ts-expect-error the factory takes a number
    void system.spawn(counter, 'one')
    // @ts-expect-error the factory takes an argument
    void system.spawn(counter)
  })

  it('may be one that understands more', () => {
    expectTypeOf<ActorRef<typeof counter>>().toExtend<ActorRef<{ value(): number }>>()
    expectTypeOf<ActorRef<{ value(): number }>>().not.toExtend<ActorRef<typeof counter>>()
    expectTypeOf<ActorRef<{ value(): string }>>().not.toExtend<ActorRef<{ value(): number }>>()
  })

  it('is disposable only for who has spawned the actor', () => {
    expectTypeOf<ActorHandle<typeof counter>>().toExtend<AsyncDisposable>()
    expectTypeOf<ActorRef<typeof counter>>().not.toExtend<AsyncDisposable>()
  })

  it('is called with options', () => {
    expectTypeOf(
      ref.with({ timeoutMs: 1, signal: AbortSignal.timeout(1) }).ask.value(),
    ).resolves.toBeNumber()
    // @ts-expect-error no such option
    ref.with({ timeout: 1 })
  })
})

describe('the verbs', () => {
  it('take the arguments of the handler', () => {
    expectTypeOf(ref.tell.add).parameters.toEqualTypeOf<[by: number, unit?: string | undefined]>()
    expectTypeOf(ref.send.add).parameters.toEqualTypeOf<[by: number, unit?: string | undefined]>()
    expectTypeOf(ref.ask.add).parameters.toEqualTypeOf<[by: number, unit?: string | undefined]>()
    expectTypeOf(ref.stream.upTo).parameters.toEqualTypeOf<[limit: number]>()
    // @ts-expect-error a string is no number
    ref.tell.add('2')
    // @ts-expect-error an argument is missing
    void ref.send.add()
    // @ts-expect-error an argument too many
    void ref.ask.value(1)
    // @ts-expect-error a string is no number
    ref.stream.upTo('9')
  })

  it('return what each of them promises', () => {
    expectTypeOf(ref.tell.value()).toBeBoolean()
    expectTypeOf(ref.send.value()).resolves.toBeVoid()
    expectTypeOf(ref.ask.value()).resolves.toBeNumber()
    expectTypeOf(ref.ask.later()).resolves.toBeString()
    expectTypeOf(ref.ask.add(1)).resolves.toEqualTypeOf<string | undefined>()
    expectTypeOf(ref.stream.upTo(9)).toEqualTypeOf<AsyncGenerator<number, void, void>>()
    expectTypeOf(ref.stream.slowly()).toEqualTypeOf<
      AsyncGenerator<{ readonly n: number }, void, void>
    >()
  })

  it('know no other message', () => {
    expectTypeOf<keyof typeof ref.tell>().toEqualTypeOf<'add' | 'value' | 'later'>()
    // @ts-expect-error no such handler
    ref.tell.subtract(1)
    // @ts-expect-error no such handler
    void ref.ask.then()
  })

  it('do not ask for what streams, and do not stream what does not', () => {
    expectTypeOf<keyof typeof ref.ask>().toEqualTypeOf<'add' | 'value' | 'later'>()
    expectTypeOf<keyof typeof ref.stream>().toEqualTypeOf<'upTo' | 'slowly'>()
    // @ts-expect-error a generator is streamed
    void ref.ask.upTo(9)
    // @ts-expect-error a generator is streamed
    ref.tell.slowly()
    // @ts-expect-error a generator is streamed
    void ref.send.upTo(9)
    // @ts-expect-error a plain handler is asked
    ref.stream.value()
    // @ts-expect-error an async handler is asked
    ref.stream.later()
  })
})

describe('options of a definition', () => {
  it('may hold a function, which options of a spawn may not', () => {
    const factory = (): object => ({})
    expectTypeOf<(typeof counter)['with']>().parameter(0).toEqualTypeOf<SpawnOptions>()
    defineActor('file:///one.ts', 'one', factory, {
      priority: (method, args) => (method === 'a' ? args.length : 0),
    })
    // @ts-expect-error a function does not travel
    counter.with({ priority: () => 1 })
    // @ts-expect-error no such policy
    counter.with({ overflow: 'drop' })
  })
})
