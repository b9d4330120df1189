import { Context, Router } from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import { Request } from 'zeromq'
import { Opened } from './libraries.ts'

const CLIENTS = 300

const opened = new Opened()
afterEach(() => opened.close())

/** Resolves when so many events of a type have been told. */
function told(router: Router, type: 'handshake' | 'disconnect', count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count
    router.events.on(type, () => {
      if (--left === 0) resolve()
    })
  })
}

describe.each([0, 1])('many connections to one socket, with %i threads for I/O', (ioThreads) => {
  it('are all served, and leave nothing behind', async () => {
    const context = new Context({ ioThreads })
    const router = opened.add(new Router({ context }))
    await router.bind('tcp://127.0.0.1:*')
    const usedBefore = context.memory.usedBytes
    const joined = told(router, 'handshake', CLIENTS)
    const left = told(router, 'disconnect', CLIENTS)
    const clients = Array.from({ length: CLIENTS }, () => opened.add(new Request({ linger: 0 })))
    for (const client of clients) client.connect(router.lastEndpoint!)
    await joined

    const answers = clients.map(async (client, n) => {
      await client.send(`question ${n}`)
      return String(await client.receive())
    })
    for (let n = 0; n < CLIENTS; n++) {
      const [client, delimiter, question] = await router.receive()
      await router.send([client!, delimiter!, String(question).replace('question', 'answer')])
    }
    expect(await Promise.all(answers)).toEqual(clients.map((_, n) => `answer ${n}`))

    for (const client of clients) client.close()
    await left
    // The thread that does I/O may be about to give back the last of it.
    await expect.poll(() => context.memory.usedBytes - usedBefore).toBeLessThan(CLIENTS * 256)
  })
})
