import { afterEach, describe, expect, it } from 'vitest'
import type { ActorRef } from '../host/ref.ts'
import type { ActorSystem } from '../system/system.ts'
import type { Listening } from './listening.ts'
import type { RemoteNode } from './remoteNode.ts'
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

async function serving(options = {}): Promise<Listening> {
  const server = await nodes.start()
  server.expose('gate', await server.spawn(gate))
  server.expose('counter', await server.spawn(counter, 1))
  return server.listen('tcp://127.0.0.1:*', {
    exports: { counter },
    goneAfterMs: 10_000,
    ...options,
  })
}

async function joined(options = {}, serverOptions = {}) {
  const listening = await serving(serverOptions)
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
    // Closing waits for no connection then.
    node.disconnect()
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

/** The dead letters of a system from now on, as `reason method`. */
function deadLettersOf(system: ActorSystem): string[] {
  const letters: string[] = []
  system.events.subscribe((event) => {
    if (event.type === 'dead letter') letters.push(`${event.reason} ${event.method}`)
  })
  return letters
}

describe('what was told', () => {
  it('before there was a connection is sent before the system closes', async () => {
    const { endpoint } = await serving()
    const client = await nodes.start()
    const letters = deadLettersOf(client)
    expect(client.ref<typeof counter>(`${endpoint}/counter`).tell.add(41)).toBe(true)
    await client.close()
    const other = await nodes.start()
    const ref = other.ref<typeof counter>(`${endpoint}/counter`)
    await expect.poll(() => ref.ask.value()).toBe(42)
    expect(letters).toEqual([])
  })

  it('to a node that does not come is dead letters', async () => {
    const client = await nodes.start()
    const letters = deadLettersOf(client)
    const cable = await Cable.to('tcp://127.0.0.1:1')
    cables.push(cable)
    const connecting = errorFrom(client.connect(cable.endpoint, { goneAfterMs: 100 }))
    const ref = client.ref<typeof counter>(`${cable.endpoint}/counter`)
    for (let n = 0; n < 3; n++) expect(ref.tell.add(n)).toBe(true)
    expect(await connecting).toMatchObject({ code: 'ENODEDOWN' })
    expect(letters).toEqual(['node lost add', 'node lost add', 'node lost add'])
  })

  it('and could not be sent when the system closes is dead letters', async () => {
    const client = await nodes.start({ closing: { drainMs: 1 } })
    const letters = deadLettersOf(client)
    const cable = await Cable.to('tcp://127.0.0.1:1')
    cables.push(cable)
    client.ref<typeof counter>(`${cable.endpoint}/counter`).tell.add(1)
    await client.close()
    expect(letters).toEqual(['node lost add'])
  })

  it('and waits for who does not read is dead letters when the connection is lost', async () => {
    // Silence is no loss here.
    const patient = { heartbeatMs: 60_000 }
    const { cable, client, node } = await joined(patient, patient)
    const letters = deadLettersOf(client)
    const ref = node.ref<typeof gate>('/gate')
    cable.hold()
    let told = 0
    while (ref.tell.take(Buffer.alloc(100_000))) {
      told++
      await new Promise(setImmediate)
    }
    expect(letters.splice(0)).toEqual(['overflow take'])
    node.disconnect()
    expect(letters.length).toBeGreaterThan(5)
    expect(letters.length).toBeLessThan(told)
    expect(new Set(letters)).toEqual(new Set(['node lost take']))
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
    await expect.poll(() => node.isConnected).toBe(true)
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

  it('is told of to who waits for that', async () => {
    // Long enough to connect on busy cores.
    const { cable, node } = await joined({ goneAfterMs: 2000 })
    const controller = new AbortController()
    const given = errorFrom(node.down({ signal: controller.signal }))
    const down = node.down()
    controller.abort('no more')
    expect(await given).toBe('no more')
    cable.cut()
    const lost = { reason: 'node lost', error: { code: 'ENODEDOWN' } }
    expect(await down).toMatchObject(lost)
    // It is gone already.
    expect(await node.down()).toMatchObject(lost)
  })

  it('has said goodbye, or is another one in its place, to who waits for its end', async () => {
    const server = await nodes.start()
    let onNode!: (node: RemoteNode) => void
    const came = new Promise<RemoteNode>((resolve) => (onNode = resolve))
    const { endpoint } = await server.listen('tcp://127.0.0.1:*', { goneAfterMs: 10_000, onNode })
    const leaving = await nodes.start()
    await leaving.connect(endpoint)
    const visitor = await came
    const left = visitor.down()
    await leaving.close()
    expect(await left).toMatchObject({ reason: 'node lost' })

    const { cable, node } = await joined()
    const replaced = node.down()
    cable.cut()
    cable.mend((await serving()).endpoint)
    expect(await replaced).toMatchObject({ reason: 'node lost' })
    // This life of it goes on.
    await expect.poll(() => node.isConnected).toBe(true)
    const down = node.down()
    node.disconnect()
    expect(await down).toMatchObject({ reason: 'node lost' })
  })

  it('is one when this one is closed', async () => {
    const { client, node } = await joined()
    const down = node.down()
    await client.close()
    expect(await down).toMatchObject({ reason: 'node lost' })
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
