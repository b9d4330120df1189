import type { ValueContext } from '../values/index.ts'
import { ActorRef, type Caller, type RefOwner } from './ref.ts'

const BYTES = 12

/** How refs travel in messages: the host, the slot and the generation. */
export class RefValues implements ValueContext {
  readonly #caller: Caller
  /** Those that were read since the last `adopt`. */
  readonly #fresh: ActorRef[] = []

  /** @param caller carries what is said to the refs that are read */
  constructor(caller: Caller) {
    this.#caller = caller
  }

  toRef(value: object): Uint8Array | undefined {
    if (!(value instanceof ActorRef)) return undefined
    const { host, slot, generation } = value.address
    const bytes = Buffer.allocUnsafe(BYTES)
    bytes.writeUInt32LE(host, 0)
    bytes.writeUInt32LE(slot, 4)
    bytes.writeUInt32LE(generation, 8)
    return bytes
  }

  fromRef(bytes: Buffer): ActorRef {
    const address = {
      host: bytes.readUInt32LE(0),
      slot: bytes.readUInt32LE(4),
      generation: bytes.readUInt32LE(8),
    }
    const ref = new ActorRef(address, this.#caller)
    this.#fresh.push(ref)
    return ref
  }

  /** The refs that were just read belong to that actor, or to none. */
  adopt(owner: RefOwner | undefined): void {
    if (this.#fresh.length === 0) return
    for (const ref of this.#fresh) ref.owner = owner
    this.#fresh.length = 0
  }
}
