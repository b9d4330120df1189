import type { Platform } from '../../host/platform.ts'
import type { ValueContext } from '../../values/index.ts'
import { HostClock } from './hostClock.ts'
import { SimulatedMesh, type Neighbourhood } from './simulatedMesh.ts'
import type { Site } from './site.ts'
import { StepPacing } from './stepPacing.ts'

/** What a simulated host has of its own: what it does, what comes to it, and its timers are steps. */
export class Quarters implements Platform {
  readonly site: Site
  readonly clock: HostClock
  readonly pacing: StepPacing
  readonly encodesAlways: boolean
  readonly random: () => number
  readonly #number: number
  readonly #others: Neighbourhood
  #mesh: SimulatedMesh | undefined

  constructor(number: number, others: Neighbourhood, encodesAlways: boolean) {
    const { scheduler } = others
    const name = others.nameOf(number)
    this.#number = number
    this.#others = others
    this.encodesAlways = encodesAlways
    this.site = scheduler.site()
    this.clock = new HostClock(scheduler, this.site, name)
    this.pacing = new StepPacing(scheduler, this.site, name)
    this.random = () => scheduler.schedule.random()
  }

  /** Of the host that lives here, once it does. */
  get mesh(): SimulatedMesh | undefined {
    return this.#mesh
  }

  meshWith(values: ValueContext): SimulatedMesh {
    return (this.#mesh = new SimulatedMesh(this.#number, this.site, this.#others, values))
  }

  /** Nothing happens here any more. */
  end(): void {
    this.clock.end()
    this.site.end()
  }
}
