import { PoolRef } from '../many/pool/pool.ts'
import { remoteAddressOf } from '../nodes/remoteAddress.ts'
import { copyArguments, copyByBytes, copyValue, type ValueContext } from '../values/index.ts'
import type { Address } from './address.ts'
import { u32 } from './littleEndian.ts'
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

  /** Arguments as they would arrive elsewhere: the same array where it holds nothing that could be changed. */
  copyArguments(args: unknown[]): unknown[] {
    if (this.encodesAlways) return copyByBytes(args, this) as unknown[]
    return copyArguments(args, this)
  }

  toRef(value: object): Uint8Array | undefined {
    if (!(value instanceof ActorRef)) return undefined
    const { host, slot, generation, url } = value.address
    if (url !== undefined) return remoteBytes(url)
    const { view, bytes } = written
    view.setUint32(0, host, true)
    view.setUint32(4, slot, true)
    view.setUint32(8, generation, true)
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
    const host = u32(bytes, 0)
    if (host === REMOTE) {
      const url = bytes.toString('utf8', REMOTE_HEAD_BYTES)
      return new ActorRef(remoteAddressOf(url), this.#maker.remote)
    }
    const address = { host, slot: u32(bytes, 4), generation: u32(bytes, 8) }
    if (bytes[12] === named.pool) return this.#maker.poolRefOf(address)
    return new ActorRef(address, this.#maker.calls)
  }
}

/** The bytes of the ref that was written last: whoever asks for them copies them at once. */
const written = bytesAndView(Buffer.alloc(BYTES))

function bytesAndView(bytes: Buffer): { readonly bytes: Buffer; readonly view: DataView } {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) }
}

function remoteBytes(url: string): Buffer {
  const bytes = Buffer.allocUnsafe(REMOTE_HEAD_BYTES + Buffer.byteLength(url))
  bytes.writeUInt32LE(REMOTE, 0)
  bytes.write(url, REMOTE_HEAD_BYTES)
  return bytes
}
