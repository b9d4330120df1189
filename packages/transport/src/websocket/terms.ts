import type { ConnectionSettings } from '../engine/connectionSettings.ts'
import type { Terms } from '../engine/opening.ts'
import { RoutingIdExchange } from './routingIdExchange.ts'
import { PLAIN_ZWS } from './subprotocol.ts'
import { ZwsDecoder } from './zwsDecoder.ts'
import { ZwsEncoder } from './zwsEncoder.ts'

/** Of a header, on both sides; Node's own default. */
export const MOST_HEADER_BYTES = 16_384

/** What the two sides speak that have agreed on a subprotocol. */
export function zwsTerms(
  subprotocol: string,
  isServer: boolean,
  { self, limits, mechanism }: ConnectionSettings,
): Terms {
  const hasMechanism = subprotocol !== PLAIN_ZWS
  return {
    // As in it, subscriptions are messages.
    version: '3.0',
    decoder: new ZwsDecoder(isServer, limits),
    encoder: new ZwsEncoder({ isServer, hasMechanism }),
    next: {
      mechanism: hasMechanism ? mechanism : (events) => new RoutingIdExchange(self, events),
    },
  }
}
