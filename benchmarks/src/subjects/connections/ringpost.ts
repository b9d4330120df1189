import { context, Router } from '@ringpost/transport'
import type { ConnectionsSubject } from './connectionsSubject.ts'

/** A ROUTER that sends back what it receives. */
export const subject: ConnectionsSubject = {
  async open(ioThreads) {
    context.ioThreads = ioThreads
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
