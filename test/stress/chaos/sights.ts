import type { Seats, Sight } from './seats.ts'

/** What a pattern and its roles are called. */
export interface Named {
  readonly name: string
  readonly roles: readonly { readonly name: string }[]
}

/** Says what a thread is in, for a reader. */
export function told(
  { thread, pattern, role, call, forMs }: Sight,
  names: readonly Named[],
): string {
  const { name, roles } = names[pattern]!
  const where = call === 'no call' ? 'is in no call' : `has been in ${call} for ${forMs} ms`
  return `thread ${thread}, ${name}, ${roles[role]!.name}: ${where}`
}

/** Says what every thread is in that has begun. */
export const toldOfAll = (seats: Seats, names: readonly Named[]): string[] =>
  seats
    .lookAtAll()
    .filter(({ thread }) => thread !== 0)
    .map((sight) => told(sight, names))

/** The names alone, which can be sent to another thread. */
export const namesOf = (patterns: readonly Named[]): Named[] =>
  patterns.map(({ name, roles }) => ({ name, roles: roles.map((role) => ({ name: role.name })) }))
