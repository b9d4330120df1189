import { ActorError } from '../errors.ts'
import type { Address } from './address.ts'
import type { Down, HostLoss } from './down.ts'
import { whenFound } from './finding.ts'
import { hostDown, lostWith } from './hostLoss.ts'
import type { Mesh } from './mesh.ts'
import { Moves } from './moves.ts'
import type { Timeouts } from './timeouts.ts'

/** Which hosts are gone, and why; and where actors of theirs are that were restarted. */
export class Whereabouts {
  readonly moves = new Moves()
  readonly #number: number
  readonly #mesh: Mesh
  readonly #timeouts: Timeouts
  readonly #losses = new Map<number, HostLoss>()
  #isClosed = false

  /** @param number of this host */
  constructor(number: number, mesh: Mesh, timeouts: Timeouts) {
    this.#number = number
    this.#mesh = mesh
    this.#timeouts = timeouts
  }

  /** Whether this host is closed. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  isGone(host: number): boolean {
    return host !== this.#number && this.#mesh.isGone(host)
  }

  /** Whether it is known why the host is gone. */
  isLost(host: number): boolean {
    return this.#losses.has(host)
  }

  lose(host: number, loss: HostLoss): void {
    this.#losses.set(host, loss)
  }

  /** What fails that waits for the host. */
  hostDown(host: number, call?: string): ActorError {
    return hostDown(host, this.#losses.get(host), call)
  }

  /** What fails that is for the host, which is gone, or this one is closed. @param call what that is */
  whyNot(host: number, call?: string): ActorError {
    return this.#isClosed ? new ActorError('ECLOSED') : this.hostDown(host, call)
  }

  /** What became of an actor whose watch has failed. */
  downWith(host: number, error: unknown): Down {
    const loss = this.#losses.get(host)
    if (loss !== undefined) return lostWith(host, loss)
    // All that there was has stopped with the system.
    if (this.#isClosed) return { reason: 'stopped' }
    return { reason: 'failed', error }
  }

  /** Where the actor is now: elsewhere, if its host was lost and it was restarted. */
  whereIs(address: Address): Address {
    if (this.moves.isQuiet || !this.isGone(address.host)) return address
    return this.moves.find(address) ?? address
  }

  /** Whether the actor's host is gone, and it may be restarted elsewhere. */
  isAwaited(address: Address): boolean {
    if (this.moves.isQuiet || this.#isClosed || !this.isGone(address.host)) return false
    return this.moves.isAwaited(address)
  }

  /**
   * Settles when it is known where the actor is now, or that it is gone.
   *
   * @throws {ActorError} `ETIMEDOUT`; the signal's reason
   */
  whenFound(address: Address, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    return whenFound(this.moves, this.#timeouts, address, timeoutMs, signal)
  }

  /** Where an actor lives now whose host is gone; undefined: nowhere. Settles when that is known. */
  async whenSettled(address: Address): Promise<Address | undefined> {
    // Where it begins anew may be lost in turn.
    while (this.isAwaited(address)) await this.whenFound(address, Infinity, undefined)
    const now = this.whereIs(address)
    return this.isGone(now.host) ? undefined : now
  }

  close(): void {
    this.#isClosed = true
    this.moves.close()
  }
}
