import { remoteAddressOf } from '../nodes/remoteAddress.ts'
import type { ValueContext } from '../values/index.ts'
import { PoolRef } from '../many/pool/pool.ts'
import type { Address } from './address.ts'
import { ActorRef, type Caller, type RefOwner } from './ref.ts'

const BYTES = 13

/** What a ref names. */
const named = { actor: 0, pool: 1 } as const

/** In the place of a host's number: the URL of an actor of another node follows. */
const REMOTE = 0xffff_ffff
const REMOTE_HEAD_BYTES = 4

/** Makes the refs of a thread: of this node's actors and of others'. */
export interface RefMaker extends Caller {
  readonly remote: Caller
  poolRefOf(address: Address, owner?: RefOwner): PoolRef
}

/**
 * How refs travel in messages within the process: the host, the slot, the generation and what is
 * there; or where the actor of another node is.
 */
export function refsIn(maker: RefMaker, owner?: RefOwner): ValueContext {
  return {
    toRef(value) {
      if (!(value instanceof ActorRef)) return undefined
      const { host, slot, generation, url } = value.address
      if (url !== undefined) return remoteBytes(url)
      const bytes = Buffer.allocUnsafe(BYTES)
      bytes.writeUInt32LE(host, 0)
      bytes.writeUInt32LE(slot, 4)
      bytes.writeUInt32LE(generation, 8)
      bytes[12] = value instanceof PoolRef ? named.pool : named.actor
      return bytes
    },
    fromRef(bytes) {
      if (bytes.readUInt32LE(0) === REMOTE) {
        const url = bytes.toString('utf8', REMOTE_HEAD_BYTES)
        return new ActorRef(remoteAddressOf(url), maker.remote, owner)
      }
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

function remoteBytes(url: string): Buffer {
  const bytes = Buffer.allocUnsafe(REMOTE_HEAD_BYTES + Buffer.byteLength(url))
  bytes.writeUInt32LE(REMOTE, 0)
  bytes.write(url, REMOTE_HEAD_BYTES)
  return bytes
}
