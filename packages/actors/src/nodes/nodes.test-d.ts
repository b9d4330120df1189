import { expectTypeOf, it } from 'vitest'
import type { ActorHandle, ActorRef } from '../host/ref.ts'
import type { ActorSystem } from '../system/system.ts'
import type { RemoteNode } from './remoteNode.ts'
import type { counter } from './testing/nodes.test-support.ts'

declare const system: ActorSystem
declare const node: RemoteNode

it('a ref of another node has the type of a definition that is imported as a type', () => {
  const ref = system.ref<typeof counter>('tcp://10.0.0.7:9000/counter')
  expectTypeOf(ref).toEqualTypeOf<ActorRef<typeof counter>>()
  expectTypeOf(ref.ask.value()).toEqualTypeOf<Promise<number>>()
  expectTypeOf(ref.tell.add).parameters.toEqualTypeOf<[by: number]>()
  // @ts-expect-error it takes a number
  ref.tell.add('2')
  // @ts-expect-error there is no such handler
  void ref.ask.nothing()
})

it('a ref may be typed by handlers alone, for those who have no definition', () => {
  const worker = node.ref<{ primes(begin: number, end: number): number }>('/worker')
  expectTypeOf(worker.ask.primes(0, 100)).toEqualTypeOf<Promise<number>>()
})

it('spawning takes the arguments of the definition', () => {
  expectTypeOf(node.spawn<typeof counter>('counter', 40)).toEqualTypeOf<
    Promise<ActorHandle<typeof counter>>
  >()
  // @ts-expect-error it takes a number
  void node.spawn<typeof counter>('counter', 'x')
})
