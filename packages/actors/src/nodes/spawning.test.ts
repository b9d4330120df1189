import { describe, expect, it } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import { createTestSystem } from '../testing/testSystem.ts'
import { counter } from './testing/nodes.test-support.ts'

const ENDPOINT = 'tcp://127.0.0.1:9000'

let begun = 0
let open: () => void
let opened: Promise<void>

/** Is ready when it is let to be. */
const slow = defineActor(import.meta.url, 'slow', async () => {
  begun++
  await opened
  return { value: () => 1 }
})

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'settled',
    (error: { code?: unknown }) => error.code,
  )

describe('the limit of actors that a node may have here', () => {
  it('counts those that are being spawned, though nobody waits for them any more', async () => {
    begun = 0
    opened = new Promise((resolve) => (open = resolve))
    const client = await createTestSystem({ hosts: 0 })
    const server = await client.addNode({ hosts: 0 })
    await server.listen(ENDPOINT, { exports: { slow }, limits: { actors: 2 } })
    const node = await client.connect(ENDPOINT)
    const before = server.actors.size
    const giving = new AbortController()
    const { signal } = giving
    const spawns = Array.from({ length: 5 }, () => codeOf(node.with({ signal }).spawn('slow')))
    await client.settle()
    giving.abort({ code: 'EGAVEUP' })
    await client.settle()
    const more = codeOf(node.spawn('slow'))
    await client.settle()
    const codes = await Promise.all([...spawns, more])
    expect(codes.filter((code) => code === 'EGAVEUP')).toHaveLength(2)
    expect(codes.filter((code) => code === 'EOVERFLOW')).toHaveLength(4)
    expect(begun).toBe(2)
    open()
    await client.settle()
    expect(server.actors.size).toBe(before)
    await Promise.all([node.spawn('slow'), node.spawn('slow')])
    expect(await codeOf(node.spawn('slow'))).toBe('EOVERFLOW')
    await server.close()
    await client.close()
  })
})

describe('an actor that was spawned on another node', () => {
  it.for([1, 2, 3, 4, 5, 6])('is stopped, though the connection is lost (%i)', async (seed) => {
    const client = await createTestSystem({ seed, hosts: 0 })
    const server = await client.addNode({ hosts: 0 })
    await server.listen(ENDPOINT, { exports: { counter } })
    const node = await client.connect(ENDPOINT)
    const before = server.actors.size
    const handle = await node.spawn<typeof counter>('counter', 1)
    const stopping = handle.stop()
    await client.steps(1)
    client.network.cut(ENDPOINT)
    await client.settle()
    client.network.mend(ENDPOINT)
    await client.advance(3000)
    await stopping
    expect(server.actors.size).toBe(before)
    expect(await codeOf(handle.ask.value())).toBe('ENOACTOR')
    await server.close()
    await client.close()
  })

  it('ends when who connects has counted its node as gone', async () => {
    const client = await createTestSystem({ hosts: 0 })
    const server = await client.addNode({ hosts: 0 })
    await server.listen(ENDPOINT, { exports: { counter }, goneAfterMs: 60_000 })
    const node = await client.connect(ENDPOINT, { goneAfterMs: 1000 })
    const before = server.actors.size
    const down = (await node.spawn<typeof counter>('counter', 1)).down()
    await client.settle()
    client.network.cut(ENDPOINT)
    await client.advance(2000)
    expect(await down).toMatchObject({ reason: 'node lost' })
    expect(server.actors.size).toBe(before + 1)
    client.network.mend(ENDPOINT)
    await client.advance(4000)
    expect(node.isConnected).toBe(true)
    expect(server.actors.size).toBe(before)
    const handle = await node.spawn<typeof counter>('counter', 2)
    client.network.cut(ENDPOINT)
    await client.settle()
    client.network.mend(ENDPOINT)
    await client.advance(500)
    expect(await handle.ask.value()).toBe(2)
    await server.close()
    await client.close()
  })

  it('ends when who listens has counted its node as gone', async () => {
    const client = await createTestSystem({ hosts: 0 })
    const server = await client.addNode({ hosts: 0 })
    await server.listen(ENDPOINT, { goneAfterMs: 1000 })
    await client.connect(ENDPOINT, { exports: { counter }, goneAfterMs: 60_000 })
    await client.settle()
    const before = client.actors.size
    const down = (await server.nodes[0]!.spawn<typeof counter>('counter', 1)).down()
    await client.settle()
    client.network.cut(ENDPOINT)
    await client.advance(2000)
    expect(await down).toMatchObject({ reason: 'node lost' })
    expect(client.actors.size).toBe(before + 1)
    client.network.mend(ENDPOINT)
    await client.advance(4000)
    expect(server.nodes[0]!.isConnected).toBe(true)
    expect(client.actors.size).toBe(before)
    await server.close()
    await client.close()
  })
})
