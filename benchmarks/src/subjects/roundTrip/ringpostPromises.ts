import { Pair, Reply, Request } from '@ringpost/core'
import { STOP, type PromiseSubject } from './roundTripSubject.ts'

/** `await send` and `await receive` on both sides, as with zeromq.js. */
export const subject: PromiseSubject = {
  style: 'promises',
  async openRequester({ endpoint, pattern }) {
    const socket = pattern === 'pair' ? new Pair() : new Request()
    await socket.bind(endpoint)
    return {
      async travel(message) {
        await socket.send(message)
        const [reply] = await socket.receive()
        return reply!
      },
      close: () => socket.close(),
    }
  },
  openEcho({ endpoint, pattern }) {
    const socket = pattern === 'pair' ? new Pair() : new Reply()
    socket.connect(endpoint)
    return {
      async run() {
        for await (const [message] of socket) {
          await socket.send(message!)
          if (message![0] === STOP) break
        }
      },
      close: () => socket.close(),
    }
  },
}
