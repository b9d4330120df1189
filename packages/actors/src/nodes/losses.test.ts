import { afterEach, describe, expect, it } from 'vitest'
import type { ActorRef } from '../host/ref.ts'
import type { Listening } from './listening.ts'
import { Cable } from './testing/cable.test-support.ts'
import { closeGates, counter, gate, Nodes, openGates } from './testing/nodes.test-support.ts'

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

async function serving(): Promise<Listening> {
  const server = await nodes.start()
  server.expose('gate', await server.spawn(gate))
  server.expose('counter', await server.spawn(counter, 1))
  return server.listen('tcp://127.0.0.1:*', { exports: { counter }, goneAfterMs: 10_000 })
}

async function joined(options = {}) {
  const listening = await serving()
  const cable = await Cable.to(listening.endpoint)
  cables.push(cable)
  const client = await nodes.start()
  const node = await client.connect(cable.endpoint, { goneAfterMs: 10_000, ...options })
  return { listening, cable, client, node }
}

describe('a connection that is lost', () => {
  it('fails what was asked, but for what may be asked again', async () => {
    const { cable, node } = await joined()
    const ref = node.ref<typeof gate>('/gate')
    const once = errorFrom(ref.ask.wait())
    const again = ref.with({ idempotent: true }).ask.wait()
    const items = node.ref<typeof counter>('/counter').stream.upTo(Infinity)
    await items.next()
    cable.cut()
    expect(await once).toMatchObject({ code: 'ENODEDOWN' })
    await expect(async () => {
      for await (const _ of items);
    }).rejects.toMatchObject({ code: 'ENODEDOWN' })
    cable.mend()
    openGates()
    await again
    closeGates()
  })

  it('is made again, and what is said meanwhile waits for it', async () => {
    const { cable, node } = await joined()
    const ref = node.ref<typeof counter>('/counter')
    expect(await ref.ask.value()).toBe(1)
    cable.cut()
    await expect.poll(() => node.isConnected).toBe(false)
    expect(ref.tell.add(1)).toBe(true)
    const sent = ref.send.add(40)
    const asked = ref.ask.value()
    cable.mend()
    await sent
    expect(await asked).toBe(42)
  })

  it('has room for so much that is said meanwhile', async () => {
    const { cable, node } = await joined()
    const ref = node.ref<typeof gate>('/gate')
    cable.cut()
    await expect.poll(() => node.isConnected).toBe(false)
    let told = 0
    while (ref.tell.take(Buffer.alloc(100_000))) told++
    expect(told).toBeGreaterThan(5)
    expect(told).toBeLessThan(20)
    expect(await errorFrom(ref.ask.passed())).toMatchObject({ code: 'EOVERFLOW' })
  })

  it('has room again for what nobody waits for any more', async () => {
    const { cable, node } = await joined()
    const ref = node.ref<typeof gate>('/gate')
    cable.cut()
    await expect.poll(() => node.isConnected).toBe(false)
    const gaveUp = { code: 'EGAVEUP' }
    for (let round = 0; round < 8; round++) {
      const giving = new AbortController()
      const asked = errorFrom(ref.with({ signal: giving.signal }).ask.take(Buffer.alloc(400_000)))
      giving.abort(gaveUp)
      expect(await asked).toBe(gaveUp)
    }
    expect(ref.tell.pass()).toBe(true)
    const passed = ref.ask.passed()
    cable.mend()
    expect(await passed).toBe(1)
  })

  it('keeps watches', async () => {
    const { cable, client, node } = await joined()
    const handle = await node.spawn<typeof counter>('counter', 1)
    const down = handle.down()
    cable.cut()
    await expect.poll(() => node.isConnected).toBe(false)
    cable.mend()
    await handle.stop()
    expect(await down).toMatchObject({ reason: 'stopped' })
    expect(client.nodes).toHaveLength(1)
  })

  it('is noticed by the silence of the other end', async () => {
    const { cable, node } = await joined({ heartbeatMs: 50 })
    const asked = errorFrom(node.ref<typeof gate>('/gate').with({ timeoutMs: 60_000 }).ask.wait())
    cable.hold()
    expect(await asked).toMatchObject({ code: 'ENODEDOWN' })
  })
})

describe('a node that is gone', () => {
  it('ends watches and whatever waits, and is found when it is back', async () => {
    const { cable, node } = await joined({ goneAfterMs: 2000 })
    const ref = node.ref<typeof counter>('/counter')
    const down = ref.down()
    await ref.ask.value()
    const again = errorFrom(node.ref<typeof gate>('/gate').with({ idempotent: true }).ask.wait())
    cable.cut()
    expect(await down).toMatchObject({ reason: 'node lost', error: { code: 'ENODEDOWN' } })
    expect(await again).toMatchObject({ code: 'ENODEDOWN' })
    expect(await errorFrom(ref.ask.value())).toMatchObject({ code: 'ENODEDOWN' })
    expect(await ref.down()).toMatchObject({ reason: 'node lost' })
    expect(ref.tell.add(1)).toBe(false)
    cable.mend()
    await expect.poll(() => node.isConnected, { timeout: 5000 }).toBe(true)
    expect(await ref.ask.value()).toBe(1)
  })

  it('ends what it had spawned, though it comes back in time as another', async () => {
    const { listening, cable, client, node } = await joined()
    const handle = await node.spawn<typeof counter>('counter', 1)
    const other = await nodes.start()
    const watched = other.ref<typeof counter>(
      String(handle).replace(cable.endpoint, listening.endpoint),
    )
    const down = watched.down()
    // Behind the watch.
    expect(await watched.ask.value()).toBe(1)
    await client.close()
    expect(await down).toMatchObject({ reason: 'stopped' })
  })

  it('is told from the one that comes in its place', async () => {
    const { cable, node } = await joined()
    const ref = node.ref<typeof counter>('/counter')
    const handle = await node.spawn<typeof counter>('counter', 7)
    const downs = [ref.down(), handle.down()]
    await ref.send.add(10)
    const before = node.incarnation
    cable.cut()
    await expect.poll(() => node.isConnected).toBe(false)
    const stale = errorFrom(
      (handle as ActorRef<{ value(): number }>).with({ idempotent: true }).ask.value(),
    )
    const { endpoint } = await serving()
    cable.mend(endpoint)
    expect(await Promise.all(downs)).toMatchObject([
      { reason: 'node lost' },
      { reason: 'node lost' },
    ])
    expect(await stale).toMatchObject({ code: 'ENODEDOWN' })
    expect(node.incarnation).not.toBe(before)
    // A name is good for whoever has it.
    expect(await ref.ask.value()).toBe(1)
    expect(await errorFrom(handle.ask.value())).toMatchObject({ code: 'ENOACTOR' })
  })

  it('is not waited for by who connects for longer than was said', async () => {
    const client = await nodes.start()
    const cable = await Cable.to('tcp://127.0.0.1:1')
    cables.push(cable)
    cable.cut()
    const connecting = client.connect(cable.endpoint, { goneAfterMs: 100 })
    expect(await errorFrom(connecting)).toMatchObject({ code: 'ENODEDOWN' })
    expect(await errorFrom(client.connect('tcp://nowhere'))).toMatchObject({ code: 'EINVAL' })
  })

  it('is one that was disconnected from', async () => {
    const { node, listening } = await joined()
    const ref = node.ref<typeof gate>('/gate')
    const asked = errorFrom(ref.ask.wait())
    node.disconnect()
    expect(await asked).toMatchObject({ code: 'ENODEDOWN' })
    expect(await errorFrom(ref.ask.passed())).toMatchObject({ code: 'ENODEDOWN' })
    await expect.poll(() => listening.connections).toBe(0)
  })
})
