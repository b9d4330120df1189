import { Router } from 'zeromq'
import type { ConnectionsSubject } from './connectionsSubject.ts'

/** As Ringpost, by the same calls. */
export const subject: ConnectionsSubject = {
  async open() {
    const router = new Router({ linger: 0 })
    await router.bind('tcp://127.0.0.1:*')
    return {
      port: Number(new URL(router.lastEndpoint!).port),
      async serve(requests) {
        for (let n = 0; n < requests; n++) await router.send(await router.receive())
      },
    }
  },
}
