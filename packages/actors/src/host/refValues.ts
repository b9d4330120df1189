import { PoolRef } from '../many/pool/pool.ts'
import { remoteAddressOf } from '../nodes/remoteAddress.ts'
import { copyByBytes, copyValue, type ValueContext } from '../values/index.ts'
import type { Address } from './address.ts'
import { ActorRef, type Caller, type RefOwner } from './ref.ts'

const BYTES = 13

/** What a ref names. */
const named = { actor: 0, pool: 1 } as const

/** In the place of a host's number: the URL of an actor of another node follows. */
const REMOTE = 0xffff_ffff
const REMOTE_HEAD_BYTES = 4

/** Makes the refs of a thread: of this node's actors and of others'. */
export interface RefMaker {
  readonly calls: Caller
  readonly remote: Caller
  poolRefOf(address: Address): PoolRef
}

/**
 * How refs travel in messages within the process: the host, the slot, the generation and what is
 * there; or where the actor of another node is.
 */
export class RefValues implements ValueContext {
  readonly #maker: RefMaker
  /** Whether what stays in the thread is written and read as well. */
  readonly encodesAlways: boolean
  /** Those that were read since the last `adopt`. */
  readonly #fresh: ActorRef[] = []

  constructor(maker: RefMaker, encodesAlways: boolean) {
    this.#maker = maker
    this.encodesAlways = encodesAlways
  }

  /** The value as it would arrive elsewhere, sharing nothing with it. @throws {ActorError} `EVALUE` */
  copy(value: unknown): unknown {
    return this.encodesAlways ? copyByBytes(value, this) : copyValue(value, this)
  }

  toRef(value: object): Uint8Array | undefined {
    if (!(value instanceof ActorRef)) return undefined
    const { host, slot, generation, url } = value.address
    if (url !== undefined) return remoteBytes(url)
    const bytes = Buffer.allocUnsafe(BYTES)
    bytes.writeUInt32LE(host, 0)
    bytes.writeUInt32LE(slot, 4)
    bytes.writeUInt32LE(generation, 8)
    bytes[12] = value instanceof PoolRef ? named.pool : named.actor
    return bytes
  }

  fromRef(bytes: Buffer): ActorRef {
    const ref = this.#refIn(bytes)
    this.#fresh.push(ref)
    return ref
  }

  /** The refs that were just read belong to that actor, or to none. */
  adopt(owner: RefOwner | undefined): void {
    if (this.#fresh.length === 0) return
    for (const ref of this.#fresh) ref.owner = owner
    this.#fresh.length = 0
  }

  #refIn(bytes: Buffer): ActorRef {
    if (bytes.readUInt32LE(0) === REMOTE) {
      const url = bytes.toString('utf8', REMOTE_HEAD_BYTES)
      return new ActorRef(remoteAddressOf(url), this.#maker.remote)
    }
    const address = {
      host: bytes.readUInt32LE(0),
      slot: bytes.readUInt32LE(4),
      generation: bytes.readUInt32LE(8),
    }
    if (bytes[12] === named.pool) return this.#maker.poolRefOf(address)
    return new ActorRef(address, this.#maker.calls)
  }
}

function remoteBytes(url: string): Buffer {
  const bytes = Buffer.allocUnsafe(REMOTE_HEAD_BYTES + Buffer.byteLength(url))
  bytes.writeUInt32LE(REMOTE, 0)
  bytes.write(url, REMOTE_HEAD_BYTES)
  return bytes
}
