import type { Address } from './address.ts'
import type { Envelope, Kind, Parcel } from './envelope.ts'

/** What is for a host itself. */
export const parcelOf = (how: Kind, method: string, id: number, body: unknown): Parcel => ({
  kind: how,
  slot: 0,
  generation: 0,
  id,
  deadline: Infinity,
  method,
  body,
})

/** What is about an actor, and no message to it. */
export const parcelAbout = (
  how: Kind,
  { slot, generation }: Omit<Address, 'host'>,
  body: unknown,
  id = 0,
): Parcel => ({ kind: how, slot, generation, id, deadline: Infinity, method: '', body })

/** What goes back to whoever asked. */
export const parcelTo = (
  { slot, generation, id, method }: Envelope,
  how: Kind,
  body: unknown,
): Parcel => ({ kind: how, slot, generation, id, deadline: Infinity, method, body })
