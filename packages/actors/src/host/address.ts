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

/** As refs print it. */
export const addressText = ({ host, slot, generation, url }: Address): string =>
  url ?? `actor:${host}/${slot}.${generation}`

/** As people are shown it, in errors and logs: without the part of a path that whoever has it may call. */
export const addressLabel = (address: Address): string => pathLabel(addressText(address))

/** A path, or a text that ends with one, as people are shown it. */
export const pathLabel = (path: string): string => path.replace(/(\/~[\d.]+\.)[\w-]{22}$/, '$1…')

const form = /^actor:(?<host>\d{1,10})\/(?<slot>\d{1,10})\.(?<generation>\d{1,10})$/

/** The place in this process that a ref has printed; undefined: it is none. */
export function addressIn(text: string): Address | undefined {
  const { host, slot, generation } = form.exec(text)?.groups ?? {}
  if (host === undefined) return undefined
  return { host: Number(host), slot: Number(slot), generation: Number(generation) }
}

export const isSameAddress = (one: Address, other: Address): boolean =>
  one.slot === other.slot &&
  one.host === other.host &&
  one.generation === other.generation &&
  one.url === other.url
