import {
  compatibleType,
  type Pipe,
  type PipeOwner,
  type PipeSettings,
  type Site,
} from '@ringpost/core/internal'
import { faultOf } from '../fault.ts'
import type { Peer } from '../mechanism/peer.ts'
import { socketTypeNamed } from '../wire/socketType.ts'
import { withErrno } from './events.ts'
import { Session } from './session.ts'
import { stranger } from './stranger.ts'

/** High-water marks are the socket's: the stand-in for its peer adds nothing to them. */
const NO_MARK_OF_ITS_OWN = -1

function settingsOf(site: Site, peer: Peer): PipeSettings {
  const { type } = site.options
  return {
    socketId: 0,
    // A peer need not tell its type.
    socketType:
      peer.socketType === undefined ? compatibleType(type) : socketTypeNamed(peer.socketType),
    sendHighWaterMark: NO_MARK_OF_ITS_OWN,
    receiveHighWaterMark: NO_MARK_OF_ITS_OWN,
    routingId: peer.routingId,
    isConflating: site.isConflating,
  }
}

/** A new pipe to the socket, for a peer that came by itself; undefined when the socket is gone. */
export function acceptedPipe(site: Site, peer: Peer, owner: PipeOwner): Pipe | undefined {
  if (!site.inproc.isBound(site.name)) return undefined
  const pipe = site.inproc.connect(site.name, settingsOf(site, peer), owner)
  if (!pipe.isPending) return pipe
  // It has gone in between: nobody will ever take up the pipe.
  site.inproc.close(pipe, 0)
  return undefined
}

/**
 * The other end of the pipe with which the socket waits for a peer; undefined when it waits no more.
 */
export function awaitedPipe(
  site: Site,
  name: string,
  peer: Peer,
  owner: PipeOwner,
): Pipe | undefined {
  let awaited: Pipe | undefined
  const binding = site.inproc.bind(name, settingsOf(site, peer), owner, (pipe) => {
    awaited = pipe
  })
  site.inproc.unbind(binding)
  return awaited
}

/**
 * Nobody comes, and the socket is to know it: its pipe must not take messages for ever.
 *
 * @param name where it waits
 * @param endpoint that it is told of, where there is no memory for that
 */
export function giveUpAwaited(site: Site, name: string, endpoint: string): void {
  try {
    awaitedPipe(site, name, stranger, new Session())?.close()
  } catch (thrown) {
    site.tell({ type: 'close:error', address: endpoint, error: withErrno(faultOf(thrown)) })
  }
}
