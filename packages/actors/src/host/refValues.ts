import type { ValueContext } from '../values/index.ts'
import { ActorRef, type Caller, type RefOwner } from './ref.ts'

const BYTES = 12

/** How refs travel in messages: the host, the slot and the generation. */
export function refsIn(caller: Caller, owner?: RefOwner): ValueContext {
  return {
    toRef(value) {
      if (!(value instanceof ActorRef)) return undefined
      const { host, slot, generation } = value.address
      const bytes = Buffer.allocUnsafe(BYTES)
      bytes.writeUInt32LE(host, 0)
      bytes.writeUInt32LE(slot, 4)
      bytes.writeUInt32LE(generation, 8)
      return bytes
    },
    fromRef(bytes) {
      const address = {
        host: bytes.readUInt32LE(0),
        slot: bytes.readUInt32LE(4),
        generation: bytes.readUInt32LE(8),
      }
      return new ActorRef(address, caller, owner)
    },
  }
}
