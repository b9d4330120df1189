import { curveKeyPair } from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import type { SystemEvent } from '../host/events.ts'
import { checkOpenness } from './nodeOptions.ts'
import { counter, Nodes } from './testing/nodes.test-support.ts'

const nodes = new Nodes()
afterEach(() => nodes.close())

const errorFrom = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('listening', () => {
  it.for([
    'tcp://*:9000',
    'tcp://0.0.0.0:9000',
    'tcp://[::]:9000',
    'tcp://10.0.0.7:9000',
    'tcp://eth0:9000',
    'tcp://127.0.0.1.example.org:9000',
    'tcp://localhost.example.org:9000',
    'tcp://128.0.0.1:9000',
  ])('is refused at %s, where anybody might come in', async (endpoint) => {
    const system = await nodes.start()
    expect(await errorFrom(system.listen(endpoint))).toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('insecure'),
    })
  })

  it.for([
    'tcp://127.0.0.1:1',
    'tcp://127.1.2.3:*',
    'tcp://localhost:1',
    'tcp://[::1]:1',
    'ipc://a',
  ])('is nothing to be careful with at %s', (endpoint) => {
    expect(() => checkOpenness(endpoint, {})).not.toThrow()
  })

  it('is open to all where that was said', async () => {
    const system = await nodes.start()
    system.expose('counter', await system.spawn(counter, 1))
    const listening = await system.listen('tcp://*:*', { insecure: true })
    const port = /:(\d+)$/.exec(listening.endpoint)![1]
    const client = await nodes.start()
    const node = await client.connect(`tcp://127.0.0.1:${port}`)
    expect(node.address).toBe('')
    expect(await node.ref<typeof counter>('/counter').ask.value()).toBe(1)
  })

  it.for(['inproc://a', 'ws://127.0.0.1:1', 'tcp://', '', 'tcp://a b:1'])(
    'is not done at %j',
    async (endpoint) => {
      const system = await nodes.start()
      expect(await errorFrom(system.listen(endpoint))).toMatchObject({ code: 'EINVAL' })
    },
  )

  it('is told when somebody else listens there', async () => {
    const system = await nodes.start()
    const { endpoint } = await system.listen('tcp://127.0.0.1:*')
    expect(await errorFrom(system.listen(endpoint))).toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('CURVE', () => {
  const server = curveKeyPair()
  const client = curveKeyPair()
  const listen = async (clients: 'any' | string[]) => {
    const system = await nodes.start()
    system.expose('counter', await system.spawn(counter, 1))
    return system.listen('tcp://*:*', {
      curve: { secretKey: server.secretKey, clients },
      address: 'tcp://counter.example.org:9000',
    })
  }
  const connect = async (endpoint: string, keys = client, serverKey = server.publicKey) => {
    const system = await nodes.start()
    const here = endpoint.replace('0.0.0.0', '127.0.0.1')
    return system.connect(here, { curve: { serverKey, ...keys }, goneAfterMs: 30_000 })
  }

  it('lets in whose key is known, and nobody else', async () => {
    const { endpoint } = await listen([client.publicKey])
    const node = await connect(endpoint)
    expect(await node.ref<typeof counter>('/counter').ask.value()).toBe(1)
    expect(node.address).toBe('tcp://counter.example.org:9000')
    const refused = await errorFrom(connect(endpoint, curveKeyPair()))
    expect(refused).toMatchObject({
      code: 'ENODEDOWN',
      cause: { message: 'Authentication failure' },
    })
  })

  it('tells both sides of who was not let in', async () => {
    const system = await nodes.start()
    const refused: SystemEvent[] = []
    system.events.subscribe((event) => refused.push(event))
    const listening = await system.listen('tcp://127.0.0.1:*', {
      curve: { secretKey: server.secretKey, clients: [client.publicKey] },
    })
    const { endpoint } = listening
    expect(await errorFrom(connect(endpoint, curveKeyPair()))).toMatchObject({
      cause: { message: 'Authentication failure' },
    })
    await expect.poll(() => refused).toHaveLength(1)
    expect(refused).toMatchObject([
      { type: 'node refused', endpoint, error: { message: 'Authentication failure' } },
    ])
    expect(listening.refused).toBe(1)
    // Who takes another node for this one tries again until its time is over.
    const mistaken = await nodes.start()
    const wrong = { ...client, serverKey: curveKeyPair().publicKey }
    const connecting = mistaken.connect(endpoint, { curve: wrong, goneAfterMs: 1000 })
    expect(await errorFrom(connecting)).toMatchObject({
      code: 'ENODEDOWN',
      cause: { code: 'EDENIED', message: expect.stringContaining('handshake') },
    })
    expect(listening.refused).toBeGreaterThan(1)
    expect(listening.connections).toBe(0)
  })

  it('lets in any key where that was said, of those who know the server', async () => {
    const { endpoint } = await listen('any')
    const node = await connect(endpoint, curveKeyPair())
    expect(await node.ref<typeof counter>('/counter').ask.value()).toBe(1)
    const stranger = await nodes.start()
    const open = stranger.connect(endpoint.replace('0.0.0.0', '127.0.0.1'), { goneAfterMs: 500 })
    expect(await errorFrom(open)).toMatchObject({ code: 'ENODEDOWN' })
  })

  it('is not mixed with PLAIN', async () => {
    const system = await nodes.start()
    const both = system.listen('tcp://*:*', {
      curve: { secretKey: server.secretKey, clients: 'any' },
      plain: { users: {} },
    })
    expect(await errorFrom(both)).toMatchObject({ code: 'EINVAL' })
  })
})

describe('PLAIN', () => {
  it('lets in who knows a password, at each endpoint its own', async () => {
    const system = await nodes.start()
    system.expose('counter', await system.spawn(counter, 1))
    const one = await system.listen('tcp://127.0.0.1:*', { plain: { users: { ada: 'secret' } } })
    const other = await system.listen('tcp://127.0.0.1:*', { plain: { users: { bob: 'secret' } } })
    const client = await nodes.start()
    const plain = { username: 'ada', password: 'secret' }
    const node = await client.connect(one.endpoint, { plain })
    expect(await node.ref<typeof counter>('/counter').ask.value()).toBe(1)
    expect(await errorFrom(client.connect(other.endpoint, { plain }))).toMatchObject({
      code: 'ENODEDOWN',
    })
    // With the right words it is tried again.
    await client.connect(other.endpoint, { plain: { username: 'bob', password: 'secret' } })
  })
})
