import { curveKeyPair } from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import type { ConnectOptions, ListenOptions } from './nodeOptions.ts'
import type { RemoteNode } from './remoteNode.ts'
import { Cable } from './testing/cable.test-support.ts'
import { counter, gate, Nodes } from './testing/nodes.test-support.ts'

const nodes = new Nodes()
const cables: Cable[] = []
afterEach(async () => {
  await nodes.close()
  for (const cable of cables.splice(0)) cable.close()
})

const errorFrom = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

const ioThread = false

async function listen(options: ListenOptions = {}) {
  const system = await nodes.start()
  system.expose('counter', await system.spawn(counter, 40))
  system.expose('gate', await system.spawn(gate))
  const { endpoint } = await system.listen('tcp://127.0.0.1:*', { ...options, ioThread })
  return { system, endpoint }
}

const connect = async (endpoint: string, options: ConnectOptions = {}): Promise<RemoteNode> =>
  (await nodes.start()).connect(endpoint, { ...options, ioThread })

describe('without a thread for I/O', () => {
  it('an actor of another node is called by all four verbs', async () => {
    let begun = 0
    const count = (): void => void begun++
    process.on('worker', count)
    try {
      const { endpoint } = await listen()
      const ref = (await connect(endpoint)).ref<typeof counter>('/counter')
      expect(ref.tell.add(1)).toBe(true)
      await ref.send.add(1)
      expect(await ref.ask.value()).toBe(42)
      const items: number[] = []
      for await (const n of ref.stream.upTo(245)) items.push(n)
      expect(items).toEqual(Array.from({ length: 203 }, (_, n) => 42 + n))
      expect(begun).toBe(0)
    } finally {
      process.off('worker', count)
    }
  })

  it('a server knows keys', async () => {
    const [server, client] = [curveKeyPair(), curveKeyPair()]
    const { endpoint } = await listen({
      curve: { secretKey: server.secretKey, clients: [client.publicKey] },
    })
    const as = (keys: typeof client) =>
      connect(endpoint, { curve: { ...keys, serverKey: server.publicKey } })
    expect(await (await as(client)).ref<typeof counter>('/counter').ask.value()).toBe(40)
    expect(await errorFrom(as(curveKeyPair()))).toMatchObject({
      code: 'ENODEDOWN',
      cause: { message: 'Authentication failure' },
    })
  })

  it('a server knows passwords, at each endpoint its own', async () => {
    const one = await listen({ plain: { users: { ada: 'secret' } } })
    const other = await listen({ plain: { users: { bob: 'secret' } } })
    const plain = { username: 'ada', password: 'secret' }
    const node = await connect(one.endpoint, { plain })
    expect(await node.ref<typeof counter>('/counter').ask.value()).toBe(40)
    expect(await errorFrom(connect(other.endpoint, { plain }))).toMatchObject({ code: 'ENODEDOWN' })
  })

  it('a goodbye is heard', async () => {
    const { system, endpoint } = await listen()
    const down = (await connect(endpoint)).down()
    await system.close()
    expect(await down).toMatchObject({
      reason: 'node lost',
      error: { cause: { message: expect.stringContaining('has left') } },
    })
  })

  it('a connection that is lost is made again', async () => {
    const { endpoint } = await listen()
    const cable = await Cable.to(endpoint)
    cables.push(cable)
    const node = await connect(cable.endpoint, { goneAfterMs: 10_000 })
    const waiting = errorFrom(node.ref<typeof gate>('/gate').ask.wait())
    const ref = node.ref<typeof counter>('/counter')
    cable.cut()
    expect(await waiting).toMatchObject({ code: 'ENODEDOWN' })
    await expect.poll(() => node.isConnected).toBe(false)
    const sent = ref.send.add(2)
    const asked = ref.ask.value()
    cable.mend()
    await sent
    expect(await asked).toBe(42)
  })
})
