import type { ActorDefinition } from '../definition/definition.ts'
import type { Address } from '../host/address.ts'
import type { Blueprint, Family } from '../host/cell.ts'
import type { During } from './options.ts'
import type { Restarts } from './restarts.ts'

/** A failure that the supervisor has not dealt with. */
export interface Failure {
  readonly error: unknown
  readonly during: During
  /** How often the actor had begun. */
  readonly incarnation: number
}

/** An actor, as its parent's host knows it. */
export class Child implements Blueprint {
  /** Unlike its name, not used again, also not in the next life of its parent. */
  readonly id: number
  readonly name: string
  /** What it knows of its parent. */
  readonly family: Family
  readonly definition: ActorDefinition
  /** As given; copied for each beginning. */
  readonly args: unknown[]
  /** Where it lives: unknown until it has begun. */
  address: Address | undefined
  /** Where it lived, on hosts that are gone. */
  formerly: Address[] | undefined
  /** How often it has begun. */
  incarnation = 1
  /** Whether it is being begun, or restarted. */
  isBusy = true
  /** Whether its host is gone. */
  isLost = false
  /** Whether its failure was passed on to its parent's supervisor. */
  isEscalated = false
  failure: Failure | undefined
  restarts: Restarts | undefined

  /** As `/parent/child`. */
  get path(): string {
    return `${this.family.path}/${this.name}`
  }

  constructor(
    family: Family,
    id: number,
    name: string,
    definition: ActorDefinition,
    args: unknown[],
  ) {
    this.family = family
    this.id = id
    this.name = name
    this.definition = definition
    this.args = args
  }
}
