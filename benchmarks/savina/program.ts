import type { ActorSystem } from '@ringpost/actors'

interface Parts<Parameters> {
  /** Those of the suite. */
  readonly parameters: Parameters
  /** Some tenth of the work, for warming up. */
  readonly small: Parameters
  /** Runs it once; throws if the result is wrong. */
  run(system: ActorSystem, hosts: number, parameters: Parameters): Promise<void>
}

export interface Program {
  /**
   * Runs it once: spawns its actors on the hosts 1 to `hosts`, and stops them.
   *
   * @param isSmall not with the suite's parameters, but with some tenth of the work
   * @throws the result is wrong
   */
  run(system: ActorSystem, hosts: number, isSmall: boolean): Promise<void>
}

/**
 * A program of Savina, the suite of benchmarks for actors, on `@ringpost/actors`.
 *
 * @see Imam and Sarkar, Savina: An Actor Benchmark Suite, AGERE! 2014; parameters are those of
 * https://github.com/shamsimam/savina at 52e5469
 */
export function program<Parameters>(parts: Parts<Parameters>): Program {
  const { parameters, small } = parts
  return {
    run: (system, hosts, isSmall) => parts.run(system, hosts, isSmall ? small : parameters),
  }
}

/** Nobody knows how long a program takes. */
export const patiently = { timeoutMs: Infinity } as const

/** Which host gets the actor of this place among so many: neighbours are together. */
export const inBlocks = (place: number, count: number, hosts: number): number =>
  1 + Math.floor((place * hosts) / count)

/** Which host gets the actor of this place: each in turn. */
export const inTurn = (place: number, hosts: number): number => 1 + (place % hosts)

/** For a `tell` that a mailbox has room for, as the program knows. */
export function taken(isTaken: boolean): void {
  if (!isTaken) throw new Error('a message was not taken')
}

export function expectEqual(name: string, actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${name}: ${actual}, not ${expected}`)
}
