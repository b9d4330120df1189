import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Address } from '../host/address.ts'

/** Of the authentication code, as much as nobody guesses. */
const SEAL_BYTES = 16

const form =
  /^\/~(?<host>\d{1,10})\.(?<slot>\d{1,10})\.(?<generation>\d{1,10})\.(?<seal>[\w-]{22})$/

/**
 * The paths of actors that are handed to other nodes in refs: the actor's place, which anybody could
 * guess, under a seal that only this node can make, and only in this life of it. Whoever has such a path
 * was given it, by us or by somebody who was; nothing is kept for it.
 */
export class Seals {
  readonly #secret = randomBytes(32)

  pathOf({ host, slot, generation }: Address): string {
    const place = `${host}.${slot}.${generation}`
    return `/~${place}.${this.#sealOf(place).toString('base64url')}`
  }

  /** The place that the path names; undefined for one that we have not made. */
  open(path: string): Address | undefined {
    const parts = form.exec(path)?.groups
    if (parts === undefined) return undefined
    const seal = Buffer.from(parts.seal!, 'base64url')
    const place = `${parts.host}.${parts.slot}.${parts.generation}`
    if (!timingSafeEqual(seal, this.#sealOf(place))) return undefined
    return {
      host: Number(parts.host),
      slot: Number(parts.slot),
      generation: Number(parts.generation),
    }
  }

  #sealOf(place: string): Buffer {
    return createHmac('sha256', this.#secret).update(place).digest().subarray(0, SEAL_BYTES)
  }
}
