import { remoteAddressOf } from '../nodes/remoteAddress.ts'
import type { ValueContext } from '../values/index.ts'
import { ActorRef, type Caller, type RefOwner } from './ref.ts'

const BYTES = 12

/** In the place of a host's number: the URL of an actor of another node follows. */
const REMOTE = 0xffff_ffff
const REMOTE_HEAD_BYTES = 4

/** What carries the calls of refs, of this node's actors and of others'. */
export interface RefCarrier extends Caller {
  readonly remote: Caller
}

/**
 * How refs travel in messages within the process: the host, the slot and the generation, in 12 bytes; or,
 * in more, where the actor of another node is.
 */
export function refsIn(caller: RefCarrier, owner?: RefOwner): ValueContext {
  return {
    toRef(value) {
      if (!(value instanceof ActorRef)) return undefined
      const { host, slot, generation, url } = value.address
      if (url !== undefined) return remoteBytes(url)
      const bytes = Buffer.allocUnsafe(BYTES)
      bytes.writeUInt32LE(host, 0)
      bytes.writeUInt32LE(slot, 4)
      bytes.writeUInt32LE(generation, 8)
      return bytes
    },
    fromRef(bytes) {
      if (bytes.length !== BYTES) {
        const url = bytes.toString('utf8', REMOTE_HEAD_BYTES)
        return new ActorRef(remoteAddressOf(url), caller.remote, owner)
      }
      const address = {
        host: bytes.readUInt32LE(0),
        slot: bytes.readUInt32LE(4),
        generation: bytes.readUInt32LE(8),
      }
      return new ActorRef(address, caller, owner)
    },
  }
}

/** More than 12 bytes: the shortest URL has 11. */
function remoteBytes(url: string): Buffer {
  const bytes = Buffer.allocUnsafe(REMOTE_HEAD_BYTES + Buffer.byteLength(url))
  bytes.writeUInt32LE(REMOTE, 0)
  bytes.write(url, REMOTE_HEAD_BYTES)
  return bytes
}
