import { afterEach, describe, expect, it } from 'vitest'
import { SocketError } from '../errors.ts'
import { Radio } from '../socket/publishingSockets.ts'
import { Pull, Push, type Socket } from '../socket/sockets.ts'
import { socketTypeId } from '../socket/optionDefinition.ts'
import type { Pipe } from '../socket/pipe.ts'
import { registerTransport, type Dialer, type Site, type Transport } from './transport.ts'

/** What a transport sees of a socket that connects. */
let whenDialled: (site: Site, pipeName: string | undefined) => void = () => undefined
const transport: Transport = {
  schemes: ['test'],
  bind: () => Promise.reject(new SocketError('EINVAL')),
  bindSync() {
    throw new SocketError('EINVAL')
  },
  connect(_, site, pipeName): Dialer {
    whenDialled(site, pipeName)
    return { close: () => undefined }
  },
}
registerTransport(transport)
registerTransport({ ...transport, schemes: ['datagrams'], isConnectionless: true })

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

describe('a transport without connections', () => {
  /** The other end of the pipe that a RADIO has got. */
  function connected(options: object): { radio: Radio; waiting: () => number } {
    let inproc: Site['inproc'] | undefined
    let name: string | undefined
    whenDialled = (site, pipeName) => {
      inproc = site.inproc
      name = pipeName
    }
    const radio = open(new Radio({ linger: 0, ...options }))
    radio.connect('datagrams://there')
    let pipe: Pipe | undefined
    const nothing = (): void => undefined
    const owner = {
      pipeAttached: nothing,
      pipeReadable: nothing,
      pipeWritable: nothing,
      pipeEnded: nothing,
    }
    const settings = {
      socketId: 0,
      socketType: socketTypeId.Dish,
      sendHighWaterMark: -1,
      receiveHighWaterMark: -1,
      routingId: Buffer.alloc(0),
      isConflating: false,
    }
    const binding = inproc!.bind(name!, settings, owner, (taken) => {
      pipe = taken
    })
    inproc!.unbind(binding)
    return { radio, waiting: () => pipe!.unread }
  }

  it.each([{ immediate: false }, { immediate: true }])(
    'is for all that is sent, from the first message on: %j',
    (options) => {
      const { radio, waiting } = connected(options)
      radio.sendSync('x', { group: 'a' })
      radio.sendSync('y', { group: 'b' })
      expect(waiting()).toBe(2)
    },
  )

  it('takes what fits into a datagram', () => {
    const { radio, waiting } = connected({})
    radio.sendSync(Buffer.alloc(8190), { group: 'a' })
    expect(() => radio.sendSync(Buffer.alloc(8191), { group: 'a' })).toThrow(
      expect.objectContaining({ code: 'EMSGSIZE', errno: 90 }),
    )
    expect(waiting()).toBe(1)
  })
})
