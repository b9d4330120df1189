import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { Arrivals, handshake, request } from './clientBytes.ts'
import type { ConnectionsSubject } from './connectionsSubject.ts'

/** Bare sockets that know by heart what to say: what Node itself takes. */
export const subject: ConnectionsSubject = {
  async open() {
    let answers = 0
    let wanted = Infinity
    let served = (): void => undefined
    const server = createServer({ noDelay: true }, (stream) => {
      const arrivals = new Arrivals()
      // The clients of a measurement end by a reset.
      stream.on('error', () => stream.destroy())
      stream.on('data', (bytes) => {
        const before = arrivals.messages
        arrivals.take(bytes)
        for (let n = before; n < arrivals.messages; n++) stream.write(request)
        answers += arrivals.messages - before
        if (answers === wanted) served()
      })
      stream.write(handshake)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      port: (server.address() as AddressInfo).port,
      serve: (requests) =>
        new Promise((resolve) => {
          wanted = requests
          if (answers === wanted) resolve()
          else served = resolve
        }),
    }
  },
}
