import { describe, expectTypeOf, it } from 'vitest'
import type * as core from '../index.ts'

describe('the options of a constructor', () => {
  it('are any of them', () => {
    expectTypeOf<{ sendTimeout: 5 }>().toExtend<core.PushOptions>()
    expectTypeOf<{ context: core.Context; linger: 0 }>().toExtend<core.PairOptions>()
    expectTypeOf<{ blocky: false }>().toExtend<core.ContextOptions>()
    expectTypeOf<Record<string, never>>().toExtend<core.RouterOptions>()
  })

  it('are what the constructor takes', () => {
    expectTypeOf<[core.PushOptions]>().toExtend<ConstructorParameters<typeof core.Push>>()
    expectTypeOf<[core.DishOptions]>().toExtend<ConstructorParameters<typeof core.Dish>>()
    expectTypeOf<[core.StreamOptions]>().toExtend<ConstructorParameters<typeof core.Stream>>()
    expectTypeOf<[core.ContextOptions]>().toExtend<ConstructorParameters<typeof core.Context>>()
  })

  it('are bytes where the property may be set to bytes', () => {
    expectTypeOf<{ routingId: Buffer; helloMessage: Uint8Array }>().toExtend<core.DealerOptions>()
    expectTypeOf<{ curveServerKey: Uint8Array }>().toExtend<core.PushOptions>()
  })

  it('are those of the type, and of the right types', () => {
    expectTypeOf<core.PushOptions>().not.toHaveProperty('receiveTimeout')
    expectTypeOf<core.PushOptions>().not.toHaveProperty('lastEndpoint')
    expectTypeOf<{ sendTimeout: 'long' }>().not.toExtend<core.PushOptions>()
  })
})

describe('a socket', () => {
  it('has its options as properties that are there', () => {
    expectTypeOf<core.Push['sendTimeout']>().toEqualTypeOf<number>()
  })

  it('sends a message by its type', () => {
    expectTypeOf<string | Buffer | readonly (Uint8Array | null)[]>().toExtend<core.Message>()
    expectTypeOf<Parameters<core.Push['send']>[0]>().toEqualTypeOf<core.Message>()
  })
})
