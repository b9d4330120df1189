import { complete, group, type Kind } from '../options/checkOptions.ts'
import { whole } from '../options/kinds.ts'

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
  /** The bytes of those, as they came: with so many no further one waits. Default 16 MiB. */
  tellBytes?: number
}

const defaults: Required<NodeLimits> = {
  messageBytes: 4 * 1024 * 1024,
  asks: 1024,
  streams: 64,
  watches: 1024,
  actors: 256,
  tells: 1024,
  tellBytes: 16 * 1024 * 1024,
}

/** As an option. */
export const nodeLimits: Kind = group<keyof NodeLimits>({
  messageBytes: whole(0),
  asks: whole(0),
  streams: whole(0),
  watches: whole(0),
  actors: whole(0),
  tells: whole(0),
  tellBytes: whole(0),
})

export const limitsOf = (given?: NodeLimits): Required<NodeLimits> => complete(defaults, given)
