import type { SharedFrame } from '@ringpost/core'
import { faultOf } from '../fault.ts'
import { readVersionTwoPeer } from '../mechanism/peer.ts'
import { FrameDecoder } from '../wire/frameDecoder.ts'
import { FrameEncoder } from '../wire/frameEncoder.ts'
import { GreetingExchange, requireMechanism, type PeerGreeting } from '../wire/greeting.ts'
import type { ConnectionSettings } from './connectionSettings.ts'
import type { Opening, Terms } from './opening.ts'

/** ZMTP, straight on a stream: both sides greet. @see RFC 37/ZMTP */
export const openZmtp: Opening = (wire, settings, events) => {
  const { stream } = wire
  const exchange = new GreetingExchange(settings.greeting)
  const greet = (chunk: Buffer): void => {
    const { reply, peer, rest } = exchange.receive(chunk)
    if (reply !== undefined) stream.write(reply)
    if (peer !== undefined) events.agreed(termsWith(peer, settings), wire, rest)
  }
  wire.take = (bytes) => {
    try {
      // A mechanism may keep what it is given.
      greet(Buffer.from(bytes))
    } catch (thrown) {
      wire.take = () => undefined
      events.failed(faultOf(thrown))
    }
  }
  stream.write(exchange.open())
}

function termsWith(peer: PeerGreeting, settings: ConnectionSettings): Terms {
  const { self, greeting, limits, mechanism } = settings
  const { version } = peer
  const codec = { decoder: new FrameDecoder<SharedFrame>(limits), encoder: new FrameEncoder() }
  if (peer.version === '2.0') {
    return { version, ...codec, next: { peer: readVersionTwoPeer(self, peer) } }
  }
  requireMechanism(greeting.mechanism, peer.mechanism)
  return { version, ...codec, next: { mechanism } }
}
