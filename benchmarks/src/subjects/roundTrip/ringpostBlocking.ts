import { Pair, Reply, Request } from '@ringpost/core'
import { STOP, type BlockingSubject } from './roundTripSubject.ts'

/** `sendSync` and `receiveSync` on both sides. */
export const subject: BlockingSubject = {
  style: 'blocking',
  openRequester({ endpoint, pattern }) {
    const socket = pattern === 'pair' ? new Pair() : new Request()
    socket.bindSync(endpoint)
    return {
      travel(message) {
        socket.sendSync(message)
        return socket.receiveSync()[0]!
      },
      close: () => socket.close(),
    }
  },
  openEcho({ endpoint, pattern }) {
    const socket = pattern === 'pair' ? new Pair() : new Reply()
    socket.connect(endpoint)
    return {
      run() {
        let message
        do {
          message = socket.receiveSync()[0]!
          socket.sendSync(message)
        } while (message[0] !== STOP)
      },
      close: () => socket.close(),
    }
  },
}
