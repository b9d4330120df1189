import { connect, createServer, type Socket } from 'node:net'
import { STOP, type CallbackSubject } from '../roundTrip/roundTripSubject.ts'

/** A bare `net.Socket` on both sides; 16 bytes come in one piece. */
export const subject: CallbackSubject = {
  style: 'callbacks',
  openRequester({ endpoint }, arrived) {
    const { hostname, port } = new URL(endpoint)
    const server = createServer({ noDelay: true })
    let stream: Socket | undefined
    let first: Uint8Array
    server.on('connection', (accepted) => {
      stream = accepted.on('data', arrived)
      stream.write(first)
    })
    server.listen(Number(port), hostname)
    return {
      depart(message) {
        first = message
        stream?.write(message)
      },
      close: () => server.close(),
    }
  },
  openEcho({ endpoint }) {
    const { hostname, port } = new URL(endpoint)
    const stream = connect({ host: hostname, port: Number(port), noDelay: true })
    return {
      run: () =>
        new Promise((resolve) => {
          stream.on('data', (message) => {
            stream.write(message)
            if (message[0] === STOP) resolve()
          })
        }),
      close: () => stream.end(),
    }
  },
}
