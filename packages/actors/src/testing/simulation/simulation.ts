import { PROGRAM } from '../../host/address.ts'
import { Board } from '../../host/board.ts'
import type { Platform } from '../../host/platform.ts'
import type { Network } from '../../nodes/network.ts'
import type { HostOrder, HostRunner } from '../../system/hostRunner.ts'
import type { Isolation } from '../../system/isolation.ts'
import { Quarters } from './quarters.ts'
import type { Scheduler } from './scheduler.ts'
import { SimulatedHost } from './simulatedHost.ts'
import type { Neighbourhood, SimulatedMesh } from './simulatedMesh.ts'
import type { SimulatedNetwork } from './simulatedNetwork.ts'
import type { Track } from './track.ts'

/** What the systems of one run have in common. */
export interface World {
  readonly scheduler: Scheduler
  readonly network: SimulatedNetwork
  /** So many systems were made in it. */
  systems: number
  /** Those that are not closed. */
  readonly open: Set<{ close(): Promise<void> }>
}

/** Where one simulated system runs. */
export class Simulation implements Isolation, Neighbourhood {
  readonly system: string
  readonly scheduler: Scheduler
  readonly board: Board
  readonly file = new URL(import.meta.url)
  readonly network: Network
  readonly #encodesAlways: boolean
  /** Before the names of its hosts, where there are several systems. */
  readonly #name: string
  readonly #program: Quarters
  readonly #news: Track
  readonly #hosts = new Map<number, SimulatedHost>()

  /** @param seats of the program and of its hosts */
  constructor(world: World, seats: number, encodesAlways: boolean) {
    const { scheduler, network } = world
    this.scheduler = scheduler
    this.board = Board.of(seats)
    this.#encodesAlways = encodesAlways
    this.#name = world.systems === 0 ? '' : `${world.systems}.`
    world.systems++
    this.system = `simulated ${world.systems}`
    this.#program = new Quarters(PROGRAM, this, encodesAlways)
    this.#news = scheduler.track(this.#program.site)
    const { site, clock } = this.#program
    this.network = network.from(site, clock, this.nameOf(PROGRAM))
  }

  get program(): Platform {
    return this.#program
  }

  run(order: HostOrder): HostRunner {
    const { number } = order
    const quarters = new Quarters(number, this, this.#encodesAlways)
    const host = new SimulatedHost(order, this.board, quarters, this.#soon)
    this.#hosts.set(number, host)
    void host.ended.then(() => this.#hosts.delete(number))
    return host
  }

  /** One that runs. */
  hostAt(number: number): SimulatedHost | undefined {
    const host = this.#hosts.get(number)
    return host?.quarters.site.isOver === false ? host : undefined
  }

  meshOf(host: number): SimulatedMesh | undefined {
    return host === PROGRAM ? this.#program.mesh : this.#hosts.get(host)?.quarters.mesh
  }

  nameOf(host: number): string {
    return `${this.#name}${host}`
  }

  /** The system is closed. */
  end(): void {
    this.#program.end()
  }

  readonly #soon = (what: string, act: () => void): void =>
    this.scheduler.post(this.#news, { what, run: act })
}
