import type { Peer } from '../mechanism/peer.ts'
import { Metadata } from '../wire/metadata.ts'

/** A peer that does not speak ZMTP: nothing is known of it. */
export const stranger: Peer = {
  socketType: undefined,
  routingId: Buffer.alloc(0),
  metadata: new Metadata(),
  userId: '',
  userMetadata: new Metadata(),
  cipher: undefined,
}
