import { ActorError } from '../../errors.ts'
import type { HashKey, PoolPlan } from './options.ts'
import { hashOfKey, scoreOf } from './rendezvous.ts'

/** A member as a route sees it. */
export interface Candidate {
  /** Its place in the pool, which whoever replaces it takes over. */
  readonly seat: number
  /** Messages that it has and that are not done. */
  readonly inFlight: number
  /** Whether it may be given another one now. */
  readonly hasRoom: boolean
}

/** Chooses one member for a message. */
export interface Chooser {
  /** Whether messages for one member may not be given to another that has room. */
  readonly isBound: boolean
  /** @returns a member with room, or one that the message has to wait for; none: it waits for any */
  choose<M extends Candidate>(
    members: readonly M[],
    method: string,
    args: readonly unknown[],
  ): M | undefined
}

/** Each in its turn; those without room are passed over. */
export class RoundRobin implements Chooser {
  readonly isBound = false
  #turn = 0

  choose<M extends Candidate>(members: readonly M[]): M | undefined {
    for (let tried = 0; tried < members.length; tried++) {
      this.#turn = this.#turn + 1 < members.length ? this.#turn + 1 : 0
      const member = members[this.#turn]!
      if (member.hasRoom) return member
    }
    return undefined
  }
}

/** Who has the fewest messages; among equals each in its turn. */
export class LeastLoaded implements Chooser {
  readonly isBound = false
  #turn = 0

  choose<M extends Candidate>(members: readonly M[]): M | undefined {
    let best: M | undefined
    let at = this.#turn
    for (let tried = 0; tried < members.length; tried++) {
      at = at + 1 < members.length ? at + 1 : 0
      const member = members[at]!
      if ((best !== undefined && member.inFlight >= best.inFlight) || !member.hasRoom) continue
      best = member
      this.#turn = at
      if (member.inFlight === 0) break
    }
    return best
  }
}

/** The member whose seat wins the key. */
export class Rendezvous implements Chooser {
  readonly isBound = true
  readonly #key: HashKey

  constructor(key: HashKey = firstArgument) {
    this.#key = key
  }

  choose<M extends Candidate>(
    members: readonly M[],
    method: string,
    args: readonly unknown[],
  ): M | undefined {
    const hash = hashOfKey(this.#key(method, args))
    let best: M | undefined
    let highest = -1
    for (const member of members) {
      const score = scoreOf(hash, member.seat)
      if (score <= highest) continue
      highest = score
      best = member
    }
    return best
  }
}

function firstArgument(
  method: string,
  [key]: readonly unknown[],
): string | number | bigint | boolean {
  switch (typeof key) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return key
    default:
      throw new ActorError(
        'EINVAL',
        `The route 'hash' needs a string, number, bigint or boolean as the first argument of ${method}; { hash: … } takes another key`,
      )
  }
}

export function chooserOf({ route }: PoolPlan, key?: HashKey): Chooser {
  switch (route) {
    case 'round-robin':
      return new RoundRobin()
    case 'hash':
      return new Rendezvous(key)
    default:
      return new LeastLoaded()
  }
}
