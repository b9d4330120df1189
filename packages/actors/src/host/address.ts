/**
 * Where an actor is. Hosts are numbered and no number is used twice; a slot is used again, with
 * another generation.
 */
export interface Address {
  readonly host: number
  readonly slot: number
  readonly generation: number
  /** Where it is if it is in another node; the rest is how it is reached in this process then. */
  readonly url?: string
}

/** The number of the host that is the program's own thread. */
export const PROGRAM = 0

/** Nobody: what asks and tells carry where no actor is meant. */
export const nowhere: Address = { host: 0, slot: 0, generation: 0 }

export const isSameAddress = (one: Address, other: Address): boolean =>
  one.slot === other.slot &&
  one.host === other.host &&
  one.generation === other.generation &&
  one.url === other.url
