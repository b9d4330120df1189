import { afterEach, describe, expect, it } from 'vitest'
import { SocketError } from '../errors.ts'
import { Pull, Push, type Socket } from '../socket/sockets.ts'
import { registerTransport, type Dialer, type Site } from './transport.ts'

/** What a transport sees of a socket that connects. */
let whenDialled: (site: Site, pipeName: string | undefined) => void = () => undefined
registerTransport({
  schemes: ['test'],
  bind: () => Promise.reject(new SocketError('EINVAL')),
  bindSync() {
    throw new SocketError('EINVAL')
  },
  connect(_, site, pipeName): Dialer {
    whenDialled(site, pipeName)
    return { close: () => undefined }
  },
})

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

describe('a transport that is to connect', () => {
  it('finds the pipe of the socket waiting: another thread may need it at once', () => {
    let isAwaited = false
    whenDialled = (site, pipeName) => {
      isAwaited = site.inproc.isAwaited(pipeName!)
    }
    open(new Push({ linger: 0 })).connect('test://there')
    expect(isAwaited).toBe(true)
  })

  it('may refuse: then no pipe is left, and a message that waits is not lost', async () => {
    const push = open(new Push({ linger: 0 }))
    await push.bind('inproc://transport-refuses')
    const sending = push.send('x')
    let refused: { site: Site; name: string } | undefined
    whenDialled = (site, pipeName) => {
      refused = { site, name: pipeName! }
      throw new SocketError('EINVAL')
    }
    expect(() => push.connect('test://nowhere')).toThrow(
      expect.objectContaining({ code: 'EINVAL', address: 'test://nowhere' }),
    )
    expect(refused!.site.inproc.isAwaited(refused!.name)).toBe(false)
    const pull = open(new Pull())
    pull.connect('inproc://transport-refuses')
    expect(String(await pull.receive())).toBe('x')
    await sending
  })
})
