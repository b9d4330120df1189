import { ActorError } from '../errors.ts'
import { PROGRAM, type Address } from './address.ts'
import type { Seat } from './board.ts'
import type { Clock } from './clock.ts'
import type { Host } from './host.ts'
import type { StopOptions } from './life.ts'
import { lane } from './mesh.ts'

/** Stops actors, wherever they are. */
export class Stopping {
  readonly #host: Host
  readonly #clock: Clock

  constructor(host: Host, clock: Clock) {
    this.#host = host
    this.#clock = clock
  }

  /**
   * Settles when the actor is gone, also if it is being restarted elsewhere.
   *
   * @param stuckMs the least that its thread is given, once `graceMs` is over, before it is ended
   */
  stop(actor: Address, options: StopOptions = {}, stuckMs = 0): Promise<void> {
    const cell = this.#host.cellAt(actor)
    if (cell === undefined || options.graceMs !== undefined)
      return this.#stopAnywhere(actor, options, stuckMs)
    if (options.drain === false) this.#host.placement.ownSeat.abort(cell.generation)
    return this.#host.life.stop(cell.slot, cell.generation, options)
  }

  async #stopAnywhere(actor: Address, options: StopOptions, stuckMs: number): Promise<void> {
    const { whereabouts } = this.#host
    while (true) {
      if (whereabouts.isAwaited(actor)) await whereabouts.whenFound(actor, Infinity, undefined)
      const address = whereabouts.whereIs(actor)
      if (whereabouts.isGone(address.host)) return
      if (await this.stopAt(address, options, stuckMs)) return
    }
  }

  /** Stops an actor where it is. @param stuckMs as in `stop` @returns false: its host was lost */
  async stopAt(address: Address, options: StopOptions, stuckMs = 0): Promise<boolean> {
    const { drain = true, graceMs } = options
    const seat = this.#host.placement.seatOf(address.host)
    // Its handler sees that even if it leaves its thread no time for messages.
    if (!drain) seat?.abort(address.generation)
    const end = graceMs === undefined ? undefined : this.#endIn(graceMs, stuckMs, address, seat)
    try {
      // What it was sent before is to be handled first.
      const way = drain ? lane.users : lane.system
      await this.#host.request(address.host, 'stop', { actor: address, options }, way)
      return true
    } catch (error) {
      if (error instanceof ActorError && error.code === 'EHOSTDOWN') return false
      throw error
    } finally {
      end?.()
    }
  }

  /** Ends the thread of an actor that does not stop, after twice the time at least. @returns takes it back */
  #endIn(graceMs: number, stuckMs: number, actor: Address, seat: Seat | undefined): () => void {
    const clock = this.#clock
    let timer = clock.after(graceMs, () => {
      seat?.abort(actor.generation)
      timer = clock.after(Math.max(graceMs, stuckMs), () => {
        if (actor.host !== this.#host.number) this.#host.notify(PROGRAM, 'terminate', actor)
      })
    })
    return () => clock.cancel(timer)
  }
}
