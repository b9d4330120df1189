import { describe, expectTypeOf, it } from 'vitest'
import type { Client, Peer, Pull, Server } from './sockets.ts'
import type { Dish, GroupTarget } from './publishingSockets.ts'
import type { RoutingTarget } from './patterns/server.ts'
import type { SharedBatch } from './sharedBatch.ts'
import type { SharedFrame } from './sharedFrame.ts'

describe('a borrowed batch', () => {
  it('holds frames', () => {
    expectTypeOf<SharedBatch>().toEqualTypeOf<SharedBatch<Buffer[]>>()
    expectTypeOf<Pull['receiveManySharedSync']>().returns.toEqualTypeOf<SharedBatch>()
    expectTypeOf<Client['receiveManySharedSync']>().returns.toEqualTypeOf<SharedBatch<[Buffer]>>()
  })

  it('holds what a receive gives where that is more', () => {
    type Routed = SharedBatch<[Buffer, RoutingTarget]>
    expectTypeOf<Server['receiveManySharedSync']>().returns.toEqualTypeOf<Routed>()
    expectTypeOf<Server['receiveManyShared']>().returns.resolves.toEqualTypeOf<Routed>()
    expectTypeOf<Peer['receiveManySharedSync']>().returns.toEqualTypeOf<Routed>()
    type Grouped = SharedBatch<[Buffer, GroupTarget<Buffer>]>
    expectTypeOf<Dish['receiveManySharedSync']>().returns.toEqualTypeOf<Grouped>()
    expectTypeOf<Dish['receiveManyShared']>().returns.resolves.toEqualTypeOf<Grouped>()
  })

  it('is run through message by message', () => {
    expectTypeOf<Server['receiveManySharedSync']>()
      .returns.toHaveProperty('messages')
      .toEqualTypeOf<readonly [Buffer, RoutingTarget][]>()
    type Iterated = ReturnType<SharedBatch<[Buffer]>[typeof Symbol.iterator]>
    expectTypeOf<Iterated>().toEqualTypeOf<IterableIterator<[Buffer]>>()
  })
})

describe('a borrowed message', () => {
  it('comes with what a receive gives beside it', () => {
    expectTypeOf<Pull['receiveSharedSync']>().returns.toEqualTypeOf<SharedFrame[]>()
    type Routed = [SharedFrame, RoutingTarget]
    expectTypeOf<Server['receiveSharedSync']>().returns.toEqualTypeOf<Routed>()
  })
})
