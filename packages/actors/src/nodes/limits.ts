import { ActorError } from '../errors.ts'

/** What one node may take of this one at a time. What goes further fails, or is dropped and counted. */
export interface NodeLimits {
  /** Bytes of a message. Default 4 MiB. A larger one ends the connection. */
  messageBytes?: number
  /** Asks and sends that are being answered. Default 1,024. */
  asks?: number
  /** Streams that are being read. Default 64. */
  streams?: number
  /** Actors that are being watched. Default 1,024. */
  watches?: number
  /** Actors that were spawned for it and live, or are being spawned. Default 256. */
  actors?: number
  /** Messages that were told and wait for room in mailboxes. Default 1,024. */
  tells?: number
}

const defaults: Required<NodeLimits> = {
  messageBytes: 4 * 1024 * 1024,
  asks: 1024,
  streams: 64,
  watches: 1024,
  actors: 256,
  tells: 1024,
}

/** @throws {ActorError} `EINVAL`: an unknown limit, or one that is no whole number */
export function limitsOf(given: NodeLimits = {}): Required<NodeLimits> {
  for (const [name, limit] of Object.entries(given))
    if (!Object.hasOwn(defaults, name) || !Number.isSafeInteger(limit) || limit < 0)
      throw new ActorError('EINVAL', `The limit ${name} cannot be ${String(limit)}`)
  return { ...defaults, ...given }
}
