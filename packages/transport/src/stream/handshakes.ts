import { isIPv6 } from 'node:net'
import { ipv6Groups } from './ipv6.ts'

/** A connection whose peer is not known yet. */
export interface Handshake {
  /** @param error why, unless it is this side that wants no more of it */
  close(error?: Error): void
}

/**
 * The connections of a listener whose peers are not known yet: so many at most, and no address keeps
 * others out. Who comes when there is no place left takes that of the oldest from the address that has
 * the most, as long as its own address then has no more places than that one.
 */
export class Handshakes {
  readonly #most: number
  /** The oldest first; no address without any. */
  readonly #byOrigin = new Map<string, Set<Handshake>>()
  #count = 0

  /** @param most so many at once, of all addresses */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * Takes in one more, if there is a place, or one is made.
   *
   * @param origin as `originOf` says
   * @param crowded what the one is told that has to give way
   * @returns false when it has to be turned away
   */
  add(origin: string, handshake: Handshake, crowded: () => Error): boolean {
    if (this.#count >= this.#most && !this.#makeRoom(origin, crowded)) return false
    const ofOrigin = this.#byOrigin.get(origin)
    if (ofOrigin === undefined) this.#byOrigin.set(origin, new Set([handshake]))
    else ofOrigin.add(handshake)
    this.#count++
    return true
  }

  /** It is over, or its peer is known; it need not be among them any more. */
  delete(origin: string, handshake: Handshake): void {
    const ofOrigin = this.#byOrigin.get(origin)
    if (ofOrigin?.delete(handshake) !== true) return
    this.#count--
    if (ofOrigin.size === 0) this.#byOrigin.delete(origin)
  }

  closeAll(): void {
    for (const ofOrigin of this.#byOrigin.values()) {
      for (const handshake of ofOrigin) handshake.close()
    }
  }

  /**
   * Only where that makes it fairer: a crowd from one address, or one from each of many, would otherwise
   * drive itself out before any of it came to an end.
   */
  #makeRoom(origin: string, crowded: () => Error): boolean {
    let [largest, size] = ['', 0]
    for (const [each, ofEach] of this.#byOrigin) {
      if (ofEach.size > size) [largest, size] = [each, ofEach.size]
    }
    const own = this.#byOrigin.get(origin)?.size ?? 0
    if (own + 1 >= size) return false
    const [oldest] = this.#byOrigin.get(largest)!
    this.delete(largest, oldest!)
    oldest!.close(crowded())
    return true
  }
}

/** The sixth number of an address of version 4 in the form of version 6, behind five zeros. */
const MAPPED = 0xffff

/**
 * Whom an address is taken for: of version 6 the network of 64 bits, for whoever has one of its addresses
 * has them all; of version 4, also in the form of version 6, all of it. Peers without an address are one.
 */
export function originOf(address = ''): string {
  if (!isIPv6(address)) return address
  const groups = ipv6Groups(address)
  const network = groups.slice(0, 4).map((group) => group.toString(16))
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== MAPPED) {
    return network.join(':')
  }
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
}
