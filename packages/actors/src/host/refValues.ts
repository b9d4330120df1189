import type { ValueContext } from '../values/index.ts'
import { PoolRef } from '../many/pool/pool.ts'
import type { Address } from './address.ts'
import { ActorRef, type Caller, type RefOwner } from './ref.ts'

const BYTES = 13

/** What a ref names. */
const named = { actor: 0, pool: 1 } as const

/** Makes the refs of a thread. */
export interface RefMaker extends Caller {
  poolRefOf(address: Address, owner?: RefOwner): PoolRef
}

/** How refs travel in messages: the host, the slot, the generation, and what is there. */
export function refsIn(maker: RefMaker, owner?: RefOwner): ValueContext {
  return {
    toRef(value) {
      if (!(value instanceof ActorRef)) return undefined
      const { host, slot, generation } = value.address
      const bytes = Buffer.allocUnsafe(BYTES)
      bytes.writeUInt32LE(host, 0)
      bytes.writeUInt32LE(slot, 4)
      bytes.writeUInt32LE(generation, 8)
      bytes[12] = value instanceof PoolRef ? named.pool : named.actor
      return bytes
    },
    fromRef(bytes) {
      const address = {
        host: bytes.readUInt32LE(0),
        slot: bytes.readUInt32LE(4),
        generation: bytes.readUInt32LE(8),
      }
      if (bytes[12] === named.pool) return maker.poolRefOf(address, owner)
      return new ActorRef(address, maker, owner)
    },
  }
}
