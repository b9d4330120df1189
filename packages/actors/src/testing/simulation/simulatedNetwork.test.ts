import { describe, expect, it } from 'vitest'
import { defineActor } from '../../definition/definition.ts'
import type { ActorContext } from '../../host/actorContext.ts'
import { createTestSystem } from '../testSystem.ts'

const counter = defineActor(import.meta.url, 'counter', (_ctx: ActorContext, start: number) => {
  let n = start
  return {
    add(by: number) {
      n += by
    },
    value: () => n,
    never: () => new Promise<never>(() => undefined),
    *upTo(limit: number) {
      while (n < limit) yield n++
    },
  }
})

const ENDPOINT = 'tcp://127.0.0.1:9000'

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'settled',
    (error: { code?: unknown }) => error.code,
  )

/** Two nodes, of which one has a counter that the other calls. */
async function joined(seed = 1) {
  const server = await createTestSystem({ seed, hosts: 1 })
  const client = await server.addNode({ hosts: 1 })
  server.expose('counter', await server.spawn(counter, 40))
  await server.listen(ENDPOINT, { exports: { counter } })
  server.expose('other', await server.spawn(counter, 1))
  const node = await client.connect(ENDPOINT)
  const close = async (): Promise<void> => {
    await client.close()
    await server.close()
  }
  return {
    server,
    client,
    node,
    ref: node.ref<typeof counter>('/counter'),
    network: server.network,
    [Symbol.asyncDispose]: close,
  }
}

describe('nodes of one run', () => {
  it('call each other as over any network', async () => {
    await using nodes = await joined()
    const { ref, node } = nodes
    ref.tell.add(1)
    await ref.send.add(1)
    expect(await ref.ask.value()).toBe(42)
    const items: number[] = []
    for await (const item of ref.stream.upTo(44)) items.push(item)
    expect(items).toEqual([42, 43])
    const own = await node.spawn<typeof counter>('counter', 1)
    expect(await own.ask.value()).toBe(1)
    await own.stop()
  })

  it('do the same for the same seed', async () => {
    const traceOf = async (seed: number): Promise<unknown> => {
      await using nodes = await joined(seed)
      await Promise.all([nodes.ref.ask.value(), nodes.ref.ask.value()])
      return nodes.server.trace
    }
    expect(await traceOf(3)).toEqual(await traceOf(3))
  })

  it('lose a connection that is cut, and have another when that is possible', async () => {
    await using nodes = await joined()
    const { ref, node, client, network } = nodes
    const asked = codeOf(node.ref<typeof counter>('/other').ask.never())
    await client.settle()
    const again = ref.with({ idempotent: true, timeoutMs: Infinity }).ask.value()
    network.cut(ENDPOINT)
    expect(await asked).toBe('ENODEDOWN')
    await client.advance(200)
    expect(node.isConnected).toBe(false)
    expect(ref.tell.add(2)).toBe(true)
    network.mend(ENDPOINT)
    await client.advance(2000)
    expect(node.isConnected).toBe(true)
    expect([40, 42]).toContain(await again)
    expect(await ref.ask.value()).toBe(42)
  })

  it('lose some of what is on its way when it is cut', async () => {
    const values = new Set<number>()
    for (let seed = 1; seed <= 30; seed++) {
      await using nodes = await joined(seed)
      const { ref, client, network } = nodes
      for (let n = 0; n < 3; n++) {
        ref.tell.add(1)
        // Each in a message of its own.
        await Promise.resolve()
      }
      network.cut(ENDPOINT)
      await client.settle()
      network.mend(ENDPOINT)
      await client.advance(100)
      values.add(await ref.ask.value())
    }
    expect(values).toEqual(new Set([40, 41, 42, 43]))
  })

  it('are gone when they have had no connection for too long', async () => {
    await using nodes = await joined()
    const { ref, client, network } = nodes
    const down = ref.down()
    await client.settle()
    network.cut(ENDPOINT)
    await client.advance(4999)
    expect(await Promise.race([down, client.settle()])).toBeUndefined()
    await client.advance(1)
    expect(await down).toMatchObject({ reason: 'node lost' })
  })

  it('notice that nothing gets through when nothing has for some time', async () => {
    await using nodes = await joined()
    const { ref, node, client, network } = nodes
    const asked = codeOf(ref.with({ timeoutMs: Infinity }).ask.value())
    const release = network.hold(ENDPOINT)
    await client.advance(2999)
    expect(node.isConnected).toBe(true)
    await client.advance(1)
    expect(node.isConnected).toBe(false)
    expect(await asked).toBe('ENODEDOWN')
    release()
    await client.advance(2000)
    expect(await ref.ask.value()).toBe(40)
  })

  it('are only late when it gets through again in time', async () => {
    await using nodes = await joined()
    const { ref, client, network } = nodes
    const asked = ref.ask.value()
    const release = network.hold(ENDPOINT)
    await client.advance(2000)
    release()
    release()
    expect(await asked).toBe(40)
    await client.advance(5000)
    expect(await ref.ask.value()).toBe(40)
  })

  it('say goodbye', async () => {
    await using nodes = await joined()
    const { server, client, node } = nodes
    const listening = await server.listen('tcp://127.0.0.1:*')
    const other = await client.connect(listening.endpoint)
    other.disconnect()
    await client.settle()
    expect(listening.connections).toBe(0)
    await server.close()
    await client.settle()
    expect(node.isConnected).toBe(false)
  })

  it('find an endpoint taken, and know no keys', async () => {
    await using nodes = await joined()
    const { server, client } = nodes
    expect(await codeOf(client.listen(ENDPOINT))).toBe('EADDRINUSE')
    const plain = { users: { a: 'b' } }
    expect(await codeOf(server.listen('tcp://127.0.0.1:1', { plain }))).toBe('EINVAL')
  })
})
