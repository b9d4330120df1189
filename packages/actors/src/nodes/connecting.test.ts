import { EventEmitter, on } from 'node:events'
import { Router } from '@ringpost/transport'
import { describe, expect, it } from 'vitest'
import type { ActorRef } from '../host/ref.ts'
import { createSystem } from '../system/system.ts'
import { createTestSystem, type TestSystem } from '../testing/testSystem.ts'
import { socketNetwork } from './sockets.ts'
import { counter, echo } from './testing/nodes.test-support.ts'
import { bytesOf } from './testing/stranger.test-support.ts'

const ENDPOINT = 'tcp://127.0.0.1:9000'

/** A node that listens, for another that has not connected to it yet. */
async function serving(options = {}): Promise<{
  client: TestSystem
  server: TestSystem
  [Symbol.asyncDispose](): Promise<void>
}> {
  const client = await createTestSystem({ hosts: 0 })
  const server = await client.addNode({ hosts: 0 })
  server.expose('counter', await server.spawn(counter, 1))
  server.expose('echo', await server.spawn(echo))
  await server.listen(ENDPOINT, options)
  return {
    client,
    server,
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await client.close()
    },
  }
}

/** Steps that two nodes take at most to get to know each other. */
const STEPS = Array.from({ length: 10 }, (_, steps) => steps)

describe('a connection that is lost while the nodes get to know each other', () => {
  it.for(STEPS)('is made again, though it was lost after %i steps', async (steps) => {
    await using nodes = await serving()
    const { client } = nodes
    const ref = client.ref<typeof counter>(`${ENDPOINT}/counter`)
    const asked = ref.with({ idempotent: true }).ask.value()
    await client.steps(steps)
    client.network.cut(ENDPOINT)
    await client.settle()
    client.network.mend(ENDPOINT)
    await client.advance(3000)
    expect(await asked).toBe(1)
    expect(nodes.server.nodes).toHaveLength(1)
  })

  it.for(STEPS)('is made again by one that was forgotten, after %i steps', async (steps) => {
    await using nodes = await serving({ goneAfterMs: 1000 })
    const { client, server } = nodes
    const node = await client.connect(ENDPOINT)
    client.network.cut(ENDPOINT)
    await client.advance(2000)
    expect(server.nodes).toHaveLength(0)
    client.network.mend(ENDPOINT)
    // The delays between attempts are known, and no step is taken before the next one.
    const attempt = client.clock.next! - client.clock.now()
    client.clock.advance(attempt)
    await client.steps(steps)
    client.network.cut(ENDPOINT)
    await client.settle()
    client.network.mend(ENDPOINT)
    await client.advance(4000)
    expect(node.isConnected).toBe(true)
    expect(await node.ref<typeof counter>('/counter').ask.value()).toBe(1)
  })
})

describe('a node that is counted as gone', () => {
  it.for(STEPS)(
    'knows it before it is called again, though it has come %i steps before',
    async (steps) => {
      await using nodes = await serving({ exports: { counter } })
      const { client, server } = nodes
      const node = await client.connect(ENDPOINT, { goneAfterMs: 1000 })
      const own = await node.spawn<typeof counter>('counter', 7)
      await node.ref<typeof echo>('/echo').ask.keep(own)
      const [theirs] = (await server.ref<typeof echo>(`${ENDPOINT}/echo`).ask.kept()) as [ActorRef]
      let isLostHere = false
      let isOverThere = false
      void own.down().then(() => (isLostHere = true))
      void theirs.down().then(() => (isOverThere = true))
      await client.settle()
      client.network.cut(ENDPOINT)
      await client.settle()
      client.network.mend(ENDPOINT)
      // No step is taken before the next attempt, and what has been said by then arrives late.
      client.clock.advance(client.clock.next! - client.clock.now())
      await client.steps(steps)
      const release = client.network.hold(ENDPOINT)
      await client.advance(2000)
      release()
      await client.advance(3000)
      expect(node.isConnected).toBe(true)
      expect(await node.ref<typeof counter>('/counter').ask.value()).toBe(1)
      expect(isOverThere).toBe(isLostHere)
    },
  )
})

describe('an end of a connection', () => {
  it('is told of it when it drops it, as the other end is, and it is made again', async () => {
    const door = await socketNetwork.listen('tcp://127.0.0.1:*', {}, 1000)
    const dialer = socketNetwork.dial(door.endpoint, {}, 1000)
    const visits = happenings<string>()
    const calls = happenings<string>()
    const visitors: Buffer[] = []
    const inlet = door.open(
      ([id, frame]) => {
        visitors.push(id!)
        visits.add(String(frame))
      },
      () => undefined,
      () => undefined,
    )
    const hello = { retry: () => outlet.offer([Buffer.from('hello')]) }
    const outlet = dialer.open(
      {
        connected: () => {
          calls.add('connected')
          if (!hello.retry()) outlet.await(hello)
        },
        lost: () => calls.add('lost'),
        refused: () => calls.add('refused'),
        failed: () => undefined,
      },
      () => undefined,
      () => undefined,
    )
    try {
      expect(await calls.next()).toBe('connected')
      expect(await visits.next()).toBe('hello')
      outlet.drop(undefined)
      expect(await calls.next()).toBe('lost')
      expect(await visits.next()).toBe('')
      expect(await calls.next()).toBe('connected')
      expect(await visits.next()).toBe('hello')
      inlet.drop(visitors.at(-1))
      expect(await visits.next()).toBe('')
      expect(await calls.next()).toBe('lost')
      expect(await calls.next()).toBe('connected')
      expect(await visits.next()).toBe('hello')
    } finally {
      outlet.close()
      inlet.close()
      door.close()
    }
  })
})

describe('a node that is sent away', () => {
  it('comes again when what was in the way may be gone', async () => {
    const router = new Router({ linger: 0 })
    await router.bind('tcp://127.0.0.1:*')
    const client = await createSystem({ hosts: 0 })
    try {
      const endpoint = String(router.lastEndpoint)
      const connecting = client.connect(endpoint, { goneAfterMs: 50 }).then(
        () => undefined,
        (error: unknown) => error,
      )
      const [first] = await router.receive()
      await router.send([first!, bytesOf('goodbye', { code: 'EDENIED', text: 'not now' })])
      expect(await connecting).toMatchObject({ code: 'ENODEDOWN' })
      const [second] = await router.receive()
      expect(second).not.toEqual(first)
      const about = { node: 'a'.repeat(32) }
      await router.send([second!, bytesOf('hello', { text: 'ringpost', count: 1 }, about)])
      await expect.poll(() => client.nodes[0]?.isConnected).toBe(true)
      expect(client.nodes[0]!.incarnation).toBe(about.node)
    } finally {
      await client.close()
      router.close()
    }
  })
})

/** What happens, one after the other. */
function happenings<T>(): { add(what: T): void; next(): Promise<T> } {
  const all = new EventEmitter()
  const iterator = on(all, 'it')
  return {
    add: (what) => void all.emit('it', what),
    next: async () => ((await iterator.next()).value as [T])[0],
  }
}
