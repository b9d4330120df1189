import { afterEach, describe, expect, it } from 'vitest'
import { Context } from '../context/context.ts'
import { Pair, Pull, Push, type Socket } from './sockets.ts'

const busy = { code: 'EBUSY', message: 'Socket is blocked by a bind or unbind operation' }

let lastEndpoint = 0
const endpoint = (): string => `inproc://binding-${++lastEndpoint}`

const opened: Socket[] = []
function open<S extends Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close()
})

describe('a socket that binds or unbinds', () => {
  for (const action of ['bind', 'unbind'] as const) {
    it(`is blocked until that is done: ${action}`, async () => {
      const [one, two] = [endpoint(), endpoint()]
      const pair = open(new Pair())
      if (action === 'unbind') pair.bindSync(one)
      const underWay = pair[action](one)
      for (const call of [
        () => pair.bind(two),
        () => pair.connect(two),
        () => pair.disconnect(two),
        () => pair.send('x'),
        () => pair.receive(),
      ]) {
        expect(call).toThrow(expect.objectContaining(busy))
      }
      await underWay
      await pair.bind(two)
      expect(pair.lastEndpoint).toBe(two)
    })
  }

  it('can be used again when that has failed', async () => {
    const name = endpoint()
    open(new Pair()).bindSync(name)
    const pair = open(new Pair())
    const failure = { code: 'EADDRINUSE', address: name }
    await expect(pair.bind(name)).rejects.toMatchObject(failure)
    await expect(pair.unbind(name)).rejects.toMatchObject({ code: 'ENOENT', address: name })
    await pair.bind(endpoint())
  })

  it('is closed afterwards when it was to be closed meanwhile', async () => {
    const name = endpoint()
    const pair = open(new Pair())
    const binding = pair.bind(name)
    pair.close()
    expect(pair.closed).toBe(false)
    await binding
    expect(pair.closed).toBe(true)
    await open(new Pair()).bind(name)
  })

  it('is closed afterwards whether that failed or not', async () => {
    const pair = open(new Pair())
    const unbinding = pair.unbind(endpoint())
    pair.close()
    await expect(unbinding).rejects.toMatchObject({ code: 'ENOENT' })
    expect(pair.closed).toBe(true)
  })

  it('goes on with a call that waited before', async () => {
    const name = endpoint()
    const pull = open(new Pull())
    const receiving = pull.receive()
    await pull.bind(name)
    const push = open(new Push())
    push.connect(name)
    push.sendSync('x')
    expect(String((await receiving)[0])).toBe('x')
  })

  it('learns that its context was shut down meanwhile', async () => {
    const context = new Context()
    const pair = open(new Pair({ context }))
    const binding = pair.bind(endpoint())
    context.shutdown()
    await expect(binding).rejects.toMatchObject({ code: 'ETERM' })
    expect(() => pair.send('x')).toThrow(expect.objectContaining({ code: 'ETERM' }))
  })

  it('throws at once what cannot be an endpoint, and all else when it is closed', () => {
    const pair = open(new Pair())
    expect(() => pair.bind(1 as never)).toThrow(new TypeError('Address must be a string'))
    pair.close()
    expect(() => pair.bind(endpoint())).toThrow(expect.objectContaining({ code: 'EBADF' }))
  })
})

describe('a scheme that nothing serves here', () => {
  it.each([
    ['tcp', '127.0.0.1:5555'],
    ['ipc', 'feed'],
    ['udp', '239.0.0.1:5555'],
  ])('is named, and who does: %s', async (scheme, address) => {
    const pair = open(new Pair())
    const endpoint = `${scheme}://${address}`
    const message = `Protocol not supported: nothing serves ${scheme}:// here; import the sockets from @ringpost/transport`
    const failure = { code: 'EPROTONOSUPPORT', errno: 93, message, address: endpoint }
    expect(() => pair.connect(endpoint)).toThrow(expect.objectContaining(failure))
    await expect(pair.bind(endpoint)).rejects.toMatchObject(failure)
  })
})
