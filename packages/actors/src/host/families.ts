import type { ActorDefinition } from '../definition/definition.ts'
import { DEFAULT_START_MS, type SpawnOptions } from '../definition/spawnOptions.ts'
import { ActorError } from '../errors.ts'
import { Child, type Failure } from '../supervision/child.ts'
import type { Directive, During } from '../supervision/options.ts'
import { Supervisor, type Orders } from '../supervision/supervisor.ts'
import { isSameAddress, nowhere, PROGRAM, type Address } from './address.ts'
import type { Cell } from './cell.ts'
import type { Clock } from './clock.ts'
import type { HostLoss } from './down.ts'
import type { Host } from './host.ts'
import { hostDown } from './hostLoss.ts'
import type { Incarnation } from './incarnation.ts'
import type { Move } from './moves.ts'
import type { Platform } from './platform.ts'
import { StartLimit } from './startLimit.ts'

/** An actor in one of its lives, as a parent. */
export interface Parent {
  readonly cell: Cell
  readonly incarnation: Incarnation
}

/** A child as its parent's host is told of it. */
interface Sign {
  readonly parent: Address
  readonly name: string
  readonly id: number
}

interface FailureSign extends Sign {
  readonly address: Address
  readonly error: unknown
  readonly during: During
  readonly incarnation: number
}

/** What a host is asked when an actor is to be made there. */
export interface SpawnOrder {
  readonly url: string
  readonly name: string
  readonly args: unknown[]
  readonly options: SpawnOptions
  readonly family: { readonly address: Address; readonly path: string; readonly tellsAsks: boolean }
  readonly childName: string
  readonly id: number
  readonly incarnation: number
  readonly formerly: readonly Address[] | undefined
}

/** What was lost with a host. */
export interface Lost {
  readonly host: number
  readonly loss: HostLoss
  /** Actors there that were to stop: nobody restarts them. */
  readonly stopped: readonly Address[]
}

/** Errors that come by the thousand must not each look at thousands. */
const MOST_LOOKED_AT = 1000

/**
 * Parents and children, on whichever hosts they live: carries what children tell to the supervisors
 * of this host's actors, and what supervisors order to the children's hosts.
 */
export class Families {
  /** Of what the program itself spawns. */
  readonly guardian: Supervisor
  readonly #host: Host
  readonly #clock: Clock
  readonly #random: () => number
  readonly #supervisors = new Set<Supervisor>()

  constructor(host: Host, { clock, random }: Platform) {
    this.#host = host
    this.#clock = clock
    this.#random = random
    const address = { ...nowhere, host: host.number }
    this.guardian = new Supervisor(address, '', this.#orders(undefined), clock, random)
    this.#supervisors.add(this.guardian)
    host.serve('failed', (sign: FailureSign) => this.#failed(sign))
    host.serve('ended', (sign: Sign) => this.#ended(sign))
  }

  /** The children of an actor in this life. */
  of({ cell, incarnation }: Parent): Supervisor {
    if (incarnation.supervisor === undefined) {
      const address = this.#host.addressOf(cell)
      const orders = this.#orders(cell)
      const supervisor = new Supervisor(address, cell.path, orders, this.#clock, this.#random)
      incarnation.supervisor = supervisor
      this.#supervisors.add(supervisor)
    }
    return incarnation.supervisor
  }

  /** The path of an actor that the program has spawned; of a great many, none is looked for. */
  pathOf(address: Address): string | undefined {
    let left = MOST_LOOKED_AT
    for (const child of this.guardian) {
      if (child.address !== undefined && isSameAddress(child.address, address)) return child.path
      if (--left === 0) return undefined
    }
    return undefined
  }

  /** Its parent's life has ended, and so have the children. */
  disband(supervisor: Supervisor): void {
    this.#supervisors.delete(supervisor)
  }

  /**
   * @param parent none: the program itself
   * @returns a promise only where something is to be waited for
   */
  spawn(
    definition: ActorDefinition,
    args: unknown[],
    parent: Parent | undefined,
  ): Address | Promise<Address> {
    if (parent?.incarnation.isOver === true) throw new ActorError('ESTOPPED')
    definition.options.signal?.throwIfAborted()
    const supervisor = parent === undefined ? this.guardian : this.of(parent)
    const child = supervisor.admit(definition, this.#host.copyArgs(args))
    try {
      const { host = parent === undefined ? undefined : 'here' } = definition.options
      const place = this.#host.choosePlace(host)
      if (typeof place !== 'number')
        return this.#begun(
          supervisor,
          child,
          place.then((later) => this.#make(supervisor, child, later)),
        )
      const made = this.#make(supervisor, child, place)
      if (made instanceof Promise) return this.#begun(supervisor, child, made)
      supervisor.began(child, made)
      return made
    } catch (error) {
      supervisor.ended(child)
      throw error
    }
  }

  async #begun(supervisor: Supervisor, child: Child, made: Promise<Address>): Promise<Address> {
    try {
      const address = await this.#inTime(child, made)
      // It may have failed, or ended, before this is known here.
      supervisor.began(child, address)
      if (supervisor.isClosed) {
        await this.#host.stopping.stopAt(address, { drain: false })
        throw new ActorError('ESTOPPED', 'The parent has ended')
      }
      if (this.#host.isGone(address.host))
        supervisor.lost(child, this.#host.whereabouts.hostDown(address.host))
      return address
    } catch (error) {
      supervisor.ended(child)
      throw error
    }
  }

  /** @throws {ActorError} `ETIMEDOUT`; the reason of the spawn's signal: what begins too late is stopped */
  async #inTime({ definition, path }: Child, made: Promise<Address>): Promise<Address> {
    const { startTimeoutMs = DEFAULT_START_MS, signal } = definition.options
    const limit = new StartLimit(this.#host.timeouts, startTimeoutMs, signal, path)
    try {
      return await Promise.race([made, limit.exceeded])
    } catch (error) {
      if (limit.isExceeded) void this.#endWhenMade(made)
      throw error
    } finally {
      limit.end()
    }
  }

  /** Nobody waits for the actor any more. */
  async #endWhenMade(made: Promise<Address>): Promise<void> {
    try {
      await this.#host.stopping.stopAt(await made, { drain: false })
    } catch {
      // It has not begun, or its host is gone, or the system is closed: there is no actor.
    }
  }

  /** An actor of this host has failed: its supervisor is told, wherever that is. */
  tell(cell: Cell, error: unknown, during: During): void {
    const { number } = cell.incarnation
    const sign = { ...signOf(cell), address: this.#host.addressOf(cell) }
    this.#notifyOf(sign, 'failed', { ...sign, error, during, incarnation: number })
  }

  /** An actor of this host is gone. */
  bury(cell: Cell): void {
    const { blueprint } = cell
    if (blueprint instanceof Child) {
      // Its parent lives here.
      ;(blueprint.family as Supervisor).ended(blueprint)
      return
    }
    const { formerly } = blueprint
    if (formerly !== undefined) this.#host.notify(PROGRAM, 'forget', formerly)
    const sign = signOf(cell)
    this.#notifyOf(sign, 'ended', sign)
  }

  /**
   * A host has ended: its actors fail, and the children of its actors end.
   *
   * @returns the addresses of those that may be restarted here
   */
  lose({ host, loss, stopped }: Lost): Address[] {
    const awaited: Address[] = []
    for (const supervisor of this.#supervisors) {
      for (const child of supervisor) {
        const { address } = child
        if (address?.host !== host) continue
        if (stopped.some((other) => isSameAddress(other, address))) supervisor.ended(child)
        else supervisor.lost(child, hostDown(host, loss))
        if (supervisor.find(child.name, child.id) === child) awaited.push(...lostAddresses(child))
      }
    }
    for (const cell of this.#host.life) {
      const { slot, generation, blueprint } = cell
      const { address } = blueprint.family
      if (address.host === host && address.slot !== 0)
        void this.#host.stopping.stopAt(
          { host: this.#host.number, slot, generation },
          { drain: false },
        )
    }
    return awaited
  }

  #notifyOf(sign: Sign, name: string, body: Sign | FailureSign): void {
    const { host } = sign.parent
    if (host === this.#host.number) {
      this.#host.notify(host, name, body)
      return
    }
    try {
      this.#host.notify(host, name, body)
    } catch {
      // What was thrown cannot be sent: what it says can.
      const said = body as FailureSign
      const sayable: FailureSign = { ...said, error: new Error(String(said.error)) }
      this.#host.notify(host, name, sayable)
    }
  }

  #supervisorOf({ parent }: Sign): Supervisor | undefined {
    if (parent.slot === nowhere.slot) return this.guardian
    return this.#host.cellAt(parent)?.incarnation.supervisor
  }

  #failed({ address, error, during, incarnation, ...sign }: FailureSign): void {
    const supervisor = this.#supervisorOf(sign)
    const child = supervisor?.find(sign.name, sign.id)
    if (supervisor === undefined || child === undefined) {
      // Its parent has ended, or begun a new life.
      this.#host.notify(address.host, 'fail', { ...address, error })
      return
    }
    child.address ??= address
    supervisor.failed(child, { error, during, incarnation })
  }

  #ended(sign: Sign): void {
    const supervisor = this.#supervisorOf(sign)
    const child = supervisor?.find(sign.name, sign.id)
    if (child !== undefined) supervisor!.ended(child)
  }

  /** What a supervisor's decisions lead to. @param parent none: the program */
  #orders(parent: Cell | undefined): Orders {
    const host = this.#host
    return {
      halt: async (child, graceMs) => {
        const { slot, generation, host: place } = child.address!
        const error = child.failure?.error
        const late = this.#clock.after(2 * graceMs, () => {
          if (place !== host.number) host.notify(PROGRAM, 'endHost', place)
        })
        try {
          await host.request(place, 'halt', { slot, generation, error, graceMs })
        } catch (thrown) {
          if (!isHostDown(thrown)) throw thrown
        } finally {
          this.#clock.cancel(late)
        }
      },
      begin: async (child, supervisor) => {
        if (child.isLost) await this.#beginElsewhere(supervisor, child)
        else {
          const { slot, generation, host: place } = child.address!
          const { incarnation } = child
          await host.request(place, 'restart', { slot, generation, incarnation })
        }
      },
      resume: (child) => host.notify(child.address!.host, 'resume', child.address),
      fail: (child, error) => host.notify(child.address!.host, 'fail', { ...child.address, error }),
      stop: async (child, drain, graceMs) => {
        const grace = graceMs === undefined ? {} : { graceMs }
        await host.stopping.stopAt(child.address!, { drain, ...grace })
      },
      escalate: (error) => {
        if (parent === undefined) return false
        host.life.fail(parent, error, 'child')
        return true
      },
      forget: (child) => host.notify(PROGRAM, 'forget', lostAddresses(child)),
      report: (path, { error, during }: Failure, directive: Directive) =>
        host.happenings.failed({ path, error, during, directive }),
    }
  }

  async #beginElsewhere(supervisor: Supervisor, child: Child): Promise<void> {
    const { address, formerly = [], definition } = child
    const { host } = definition.options
    const place = await this.#host.choosePlace(host === 'least' ? host : undefined)
    const former = [...formerly, address!]
    child.formerly = former
    child.address = await this.#make(supervisor, child, place)
    child.isLost = this.#host.isGone(child.address.host)
    if (child.isLost) throw this.#host.whereabouts.hostDown(child.address.host)
    const move: Move = { from: former, to: child.address }
    this.#host.notify(PROGRAM, 'moved', move)
  }

  #make(supervisor: Supervisor, child: Child, place: number): Address | Promise<Address> {
    if (place === this.#host.number) return this.#host.create(child, child.incarnation)
    const { definition, args, incarnation, formerly, id } = child
    const { url, name } = definition
    const { host: _, signal: __, ...options } = definition.options
    const { address, path, tellsAsks } = supervisor
    const family = { address, path, tellsAsks }
    const childName = child.name
    const order: SpawnOrder = {
      url,
      name,
      args,
      options,
      family,
      childName,
      id,
      incarnation,
      formerly,
    }
    return this.#host.request(place, 'spawn', order) as Promise<Address>
  }
}

const signOf = ({ blueprint: { family, name, id } }: Cell): Sign => ({
  parent: family.address,
  name,
  id,
})

/** The addresses of a child on hosts that are gone. */
function lostAddresses({ formerly = [], address, isLost }: Child): Address[] {
  return isLost && address !== undefined ? [...formerly, address] : [...formerly]
}

const isHostDown = (error: unknown): boolean =>
  error instanceof ActorError && error.code === 'EHOSTDOWN'
