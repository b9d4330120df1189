import { Context, Push, Router } from '@ringpost/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { Verdict } from '../mechanism/mechanism.ts'
import { siteOf } from '../testing/site.test-support.ts'
import { zapAuthenticator } from './zapClient.ts'

const context = new Context()
const sockets: { close(): void }[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close()
})

function handler(): Router {
  const router = new Router({ context, linger: 0 })
  sockets.push(router)
  router.bindSync('inproc://zeromq.zap.01')
  return router
}

/** Asks about peers, each with an end of its own. */
function client(isRequired = true): (signal?: AbortSignal) => Promise<Verdict> {
  const push = new Push({ context, linger: 0, zapDomain: 'global' })
  sockets.push(push)
  const authenticator = zapAuthenticator(siteOf(push), isRequired)('127.0.0.1')
  return async (signal = new AbortController().signal) =>
    authenticator({ mechanism: 'NULL', credentials: [], signal })
}

const answerTo = (
  [peer, delimiter, version, id]: Buffer[],
  userId: string,
): (Buffer | string)[] => [peer!, delimiter!, version!, id!, '200', '', userId, '']

describe('what asks a handler of ZAP', () => {
  it('may ask about many at once, and takes the answers in any order', async () => {
    const ask = client()
    const router = handler()
    const verdicts = ['0', '1', '2'].map(() => ask())
    const requests = [await router.receive(), await router.receive(), await router.receive()]
    for (const index of [2, 0, 1]) await router.send(answerTo(requests[index]!, String(index)))
    expect(await Promise.all(verdicts)).toMatchObject([
      { accepted: true, userId: '0' },
      { accepted: true, userId: '1' },
      { accepted: true, userId: '2' },
    ])
  })

  it('lets in, or not, while there is no handler', async () => {
    expect(await client(false)()).toEqual({ accepted: true })
    await expect(client(true)()).rejects.toMatchObject({ code: 'AUTHENTICATOR_FAILED' })
  })

  it('is told when the handler goes', async () => {
    const ask = client(false)
    const router = handler()
    const verdict = ask()
    await router.receive()
    router.close()
    await expect(verdict).rejects.toMatchObject({ code: 'AUTHENTICATOR_FAILED' })
  })

  it('asks no more than a thousand times for nothing, and goes on when the handler does', async () => {
    const ask = client()
    const router = handler()
    const left = Array.from({ length: 1000 }, async () => {
      const connection = new AbortController()
      const verdict = ask(connection.signal)
      connection.abort()
      await expect(verdict).rejects.toMatchObject({ code: 'AUTHENTICATOR_FAILED' })
    })
    await Promise.all(left)
    await expect(ask()).rejects.toThrow('does not keep up')
    for (let count = 0; count < 1000; count++) await router.receive()
    expect(router.readable).toBe(false)
    const verdict = ask()
    await router.send(answerTo(await router.receive(), 'late'))
    expect(await verdict).toMatchObject({ userId: 'late' })
  })

  it('leaves no memory behind, after all of that', () => {
    expect(context.memory.usedBytes).toBe(0)
  })
})
