import type { Overflow } from '../definition/mailboxOptions.ts'
import type { Address } from './address.ts'
import type { Pending } from './asks.ts'
import { Gates } from './gates.ts'
import type { Mesh, Way } from './mesh.ts'

/** Where those wait who have no room on the way to a host. */
const wayOf = (host: number): Address => ({ host, slot: 0, generation: 0 })

/** Whether there is room where this host sends to, and what waits until there is. */
export class Room {
  readonly #number: number
  readonly #mesh: Mesh
  readonly #gates = new Gates()
  readonly #want: (address: Address) => void

  /** @param want called when an actor's host should say once more that there is room */
  constructor(number: number, mesh: Mesh, want: (address: Address) => void) {
    this.#number = number
    this.#mesh = mesh
    this.#want = want
  }

  /** Whether a message more should wait: for the actor, or for its host. */
  isFull(address: Address): boolean {
    return this.#isWayShut(address.host) || this.#gates.isClosed(address)
  }

  /** What becomes of a message now that it is full. */
  overflowOf(address: Address): Overflow {
    return this.#gates.overflowOf(address)
  }

  /** The actor's mailbox is full. */
  close({ host, generation }: Address, overflow: Overflow): void {
    this.#gates.close(host, generation, overflow)
  }

  /** The actor's mailbox has room for so many messages from here. */
  open(address: Address, messages: number | undefined): void {
    if (this.#gates.open(address.host, address.generation, messages)) this.#want(address)
  }

  /** Calls `leave` now, or when those that are before it have left and there is room. */
  wait(pending: Pending, address: Address, leave: () => void): void {
    if (!this.#waitsForWay(pending, address, leave)) this.#waitForActor(pending, address, leave)
  }

  /** It does not wait any more. @returns whether it did */
  withdraw(pending: Pending): boolean {
    return this.#gates.withdraw(pending)
  }

  /** The host is gone, and those who wait for its actors have been told. */
  forget(host: number): void {
    this.#gates.forget(host)
  }

  /** Whether the way to the host is full, or was, and those who have waited for room have yet to leave. */
  #isWayShut(host: number): boolean {
    return this.#isWayFull(host) || this.#gates.isClosed(wayOf(host))
  }

  #isWayFull(host: number): boolean {
    return host !== this.#number && !this.#mesh.isGone(host) && this.#mesh.to(host).users.isFull
  }

  #waitForActor(pending: Pending, address: Address, leave: () => void): void {
    if (!this.#gates.isClosed(address)) leave()
    else
      this.#gates.wait(pending, address, () => {
        if (!this.#waitsForWay(pending, address, leave)) leave()
      })
  }

  /** @returns false if the way to the host is free */
  #waitsForWay(pending: Pending, address: Address, leave: () => void): boolean {
    const { host } = address
    if (!this.#isWayShut(host)) return false
    const way = wayOf(host)
    if (this.#gates.close(host, way.generation, 'wait'))
      void this.#openWay(host, this.#mesh.to(host).users)
    this.#gates.wait(pending, way, () => this.#waitForActor(pending, address, leave))
    return true
  }

  async #openWay(host: number, users: Way): Promise<void> {
    const isFull = (): boolean => users.isFull
    do await users.whenRoom()
    while (this.#gates.open(host, 0, Infinity, isFull))
  }
}
