import http, { type IncomingMessage } from 'node:http'
import type { Socket as Stream } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ConnectionSettings } from '../engine/connectionSettings.ts'
import type { Opening, OpeningEvents } from '../engine/opening.ts'
import { faultOf } from '../fault.ts'
import type { Wire } from '../stream/wire.ts'
import { subprotocolsOf } from './subprotocol.ts'
import { MOST_HEADER_BYTES, zwsTerms } from './terms.ts'
import { answerUpgrade, encodeAnswer, failed, type Service } from './upgrade.ts'

/** A connection whose request is not there yet. */
interface Waiting {
  readonly wire: Wire
  readonly settings: ConnectionSettings
  readonly events: OpeningEvents
}

/** Takes requests to upgrade to a WebSocket. Node reads them, of connections that it is given. */
export function openAsServer(service: Omit<Service, 'subprotocols'>): Opening {
  const waiting = new WeakMap<Duplex, Waiting>()
  const fail = (stream: Duplex, error: Error): void => waiting.get(stream)?.events.failed(error)
  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const { wire, settings, events } = waiting.get(stream)!
    try {
      const subprotocols = subprotocolsOf(settings.greeting)
      const answer = answerUpgrade(request, { ...service, subprotocols })
      stream.write(encodeAnswer(answer))
      if ('error' in answer) events.failed(answer.error)
      else events.agreed(zwsTerms(answer.subprotocol, true, settings), wire, head)
    } catch (thrown) {
      events.failed(faultOf(thrown))
    }
  }
  const server = http.createServer({ maxHeaderSize: MOST_HEADER_BYTES })
  server.on('upgrade', upgrade)
  server.on('request', (request, response) => {
    response.writeHead(426, { Upgrade: 'websocket', Connection: 'close' }).end()
    fail(request.socket, failed('it is a request for something else'))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, stream: Stream) => {
    // What the system says of the stream, the stream tells its connection.
    if (error.code?.startsWith('HPE_') !== true) return
    const isTooLong = error.code === 'HPE_HEADER_OVERFLOW'
    if (stream.writable) stream.write(encodeAnswer({ status: isTooLong ? 431 : 400, fields: {} }))
    fail(stream, failed('it is no request of HTTP', error))
  })
  return (wire, settings, events) => {
    waiting.set(wire.stream, { wire, settings, events })
    server.emit('connection', wire.stream)
  }
}
