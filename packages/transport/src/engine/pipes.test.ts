import { Context, Push, type SocketEvent } from '@ringpost/core'
import type { Inproc, Site } from '@ringpost/core/internal'
import { expect, it } from 'vitest'
import { siteOf } from '../testing/site.test-support.ts'
import { acceptedPipe, giveUpAwaited } from './pipes.ts'
import { Session } from './session.ts'

const peer = {
  socketType: undefined,
  routingId: new Uint8Array(),
} as unknown as Parameters<typeof acceptedPipe>[1]

it('a peer gets no pipe to a socket that is closed while it is being made', () => {
  const socket = new Push({ context: new Context() })
  const site = siteOf(socket)
  const { inproc } = site
  // Another thread's `close` falls between the look at the name and the connection to it.
  const closing = new Proxy(inproc, {
    get(target, name) {
      if (name === 'connect') socket.close()
      const value = target[name as keyof Inproc] as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  let ends = 0
  const session = new Session(() => ends++)
  const late: Site = { ...site, name: site.name, inproc: closing }
  expect(inproc.isBound(site.name)).toBe(true)
  expect(acceptedPipe(late, peer, session)).toBeUndefined()
  expect(ends).toBe(1)
  expect(inproc.isAwaited(site.name)).toBe(false)
  expect(acceptedPipe(site, peer, session)).toBeUndefined()
})

it('a socket is told where it cannot be told that nobody comes', () => {
  const socket = new Push({ context: new Context() })
  const events: SocketEvent[] = []
  const site: Site = { ...siteOf(socket), tell: (event) => events.push(event) }
  // Where it waits itself, nobody else can.
  giveUpAwaited(site, site.name, 'tcp://here')
  expect(events).toMatchObject([
    { type: 'close:error', address: 'tcp://here', error: { code: 'EADDRINUSE' } },
  ])
  socket.close()
})
