import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Push } from '@ringpost/transport/zeromq'
import { Datagram } from '@ringpost/transport/zeromq/draft'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../support/freeEndpoints.ts'

const open: { close(): void }[] = []
const kept = <T extends { close(): void }>(socket: T): T => {
  open.push(socket)
  return socket
}

afterEach(() => {
  for (const socket of open.splice(0)) socket.close()
})

async function bound(): Promise<{ socket: Datagram; address: string }> {
  const socket = kept(new Datagram())
  await socket.bind('udp://127.0.0.1:*')
  return { socket, address: socket.lastEndpoint!.replace('udp://', '') }
}

async function udpSocket(): Promise<{ udp: ReturnType<typeof createSocket>; address: string }> {
  const udp = kept(createSocket('udp4'))
  udp.bind(0, '127.0.0.1')
  await once(udp, 'listening')
  return { udp, address: `127.0.0.1:${udp.address().port}` }
}

describe('DGRAM', () => {
  it('receives datagrams with who sent them, and answers', async () => {
    const { socket, address } = await bound()
    const { udp, address: from } = await udpSocket()
    udp.send('question', Number(address.split(':')[1]), '127.0.0.1')
    const [sender, question] = await socket.receive()
    expect([sender, question].map(String)).toEqual([from, 'question'])
    const message = once(udp, 'message')
    await socket.send([sender, 'answer'])
    expect(String((await message)[0])).toBe('answer')
  })

  it('sends to another one', async () => {
    const [a, b] = [await bound(), await bound()]
    await a.socket.send([b.address, Buffer.alloc(30_000, 1)])
    const [from, data] = await b.socket.receive()
    expect(String(from)).toBe(a.address)
    expect(data).toEqual(Buffer.alloc(30_000, 1))
  })

  it('sends what it was given before it closes', async () => {
    const { udp, address } = await udpSocket()
    const { socket } = await bound()
    const message = once(udp, 'message')
    await socket.send([address, 'last'])
    socket.close()
    expect(String((await message)[0])).toBe('last')
  })

  it('loses what is for no address', async () => {
    const [a, b] = [await bound(), await bound()]
    // No name has so many letters in one part: the system says so without asking anybody.
    const unknown = `${'x'.repeat(64)}.invalid:1`
    for (const nobody of ['nobody', '127.0.0.1:0', '127.0.0.1:70000', unknown]) {
      await a.socket.send([nobody, 'lost'])
    }
    await a.socket.send([b.address, 'kept'])
    expect(String((await b.socket.receive())[1])).toBe('kept')
  })

  it('waits until it is bound', async () => {
    const { udp, address } = await udpSocket()
    const socket = kept(new Datagram())
    expect(socket.writable).toBe(false)
    await socket.bind('udp://127.0.0.1:*')
    const message = once(udp, 'message')
    await socket.send([address, 'x'])
    expect(String((await message)[0])).toBe('x')
  })

  it('refuses messages of other than two frames', async () => {
    const { socket, address } = await bound()
    for (const wrong of ['x', [address, 'x', 'y']]) {
      const sent = socket.send(wrong as unknown as [string, string])
      await expect(sent).rejects.toMatchObject({ code: 'EINVAL' })
    }
  })

  it('gives its port back', async () => {
    const endpoint = `udp://127.0.0.1:${await freePort()}`
    const socket = kept(new Datagram())
    await socket.bind(endpoint)
    const other = kept(new Datagram())
    await expect(other.bind(endpoint)).rejects.toMatchObject({
      code: 'EADDRINUSE',
      address: endpoint,
    })
    await socket.unbind(endpoint)
    const closed = kept(new Datagram())
    await closed.bind(endpoint)
    expect(closed.lastEndpoint).toBe(endpoint)
  })

  it('is the only one for udp, and has no other transport', async () => {
    const incompatible = { code: 'ENOCOMPATPROTO', errno: 156384764 }
    const socket = kept(new Datagram())
    await expect(socket.bind('tcp://127.0.0.1:*')).rejects.toMatchObject(incompatible)
    expect(() => socket.connect('udp://127.0.0.1:1')).toThrow(expect.objectContaining(incompatible))
    const push = kept(new Push())
    await expect(push.bind('udp://127.0.0.1:*')).rejects.toMatchObject(incompatible)
    expect(() => push.connect('udp://127.0.0.1:1')).toThrow(expect.objectContaining(incompatible))
  })
})
