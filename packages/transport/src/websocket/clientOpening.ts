import { randomBytes } from 'node:crypto'
import http from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Opening } from '../engine/opening.ts'
import { faultOf } from '../fault.ts'
import { subprotocolsOf } from './subprotocol.ts'
import { MOST_HEADER_BYTES, zwsTerms } from './terms.ts'
import { failed, readAnswer, refused, upgradeFields } from './upgrade.ts'

/**
 * Asks a server to upgrade to a WebSocket.
 *
 * @param host with its port, as in the endpoint
 */
export function openAsClient(host: string, path: string): Opening {
  return (wire, settings, events) => {
    const { stream } = wire
    const subprotocols = subprotocolsOf(settings.greeting)
    const ask = (): void => {
      try {
        request()
      } catch (thrown) {
        events.failed(faultOf(thrown))
      }
    }
    const request = (): void => {
      const key = randomBytes(16).toString('base64')
      const asked = http.get({
        createConnection: () => stream,
        path,
        headers: upgradeFields(host, key, subprotocols),
        setHost: false,
        maxHeaderSize: MOST_HEADER_BYTES,
      })
      asked.on('upgrade', (response, _, head) => {
        try {
          const subprotocol = readAnswer(response, key, subprotocols)
          events.agreed(zwsTerms(subprotocol, false, settings), wire, head)
        } catch (thrown) {
          events.failed(faultOf(thrown))
        }
      })
      asked.on('response', ({ statusCode }) => events.failed(refused(statusCode!)))
      asked.on('error', (error: NodeJS.ErrnoException) => {
        // What the system says of the stream, the stream tells its connection.
        if (error.code?.startsWith('HPE_') === true)
          events.failed(failed('no answer of HTTP', error))
      })
    }
    // Nobody is asked whose certificate is not looked at yet.
    if (stream instanceof TLSSocket) stream.once('secureConnect', ask)
    else ask()
  }
}
