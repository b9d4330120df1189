import type { Push } from '@ringpost/core'
import { registerTransport, type Site } from '@ringpost/core/internal'

/** What a transport gets to see of a socket. */
export function siteOf(socket: Push): Site {
  let site: Site | undefined
  const refuse = (): never => {
    throw new Error('nothing is to be bound')
  }
  registerTransport({
    schemes: ['site'],
    bind: refuse,
    bindSync: refuse,
    connect: (_, given) => {
      site = given
      return { close: () => undefined }
    },
  })
  // So that nothing waits for a connection.
  socket.immediate = true
  socket.connect('site://anywhere')
  return site!
}
