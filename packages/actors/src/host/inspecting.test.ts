import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import { createSystem } from '../system/system.ts'

const counter = defineActor(import.meta.url, 'counter', (ctx, start: number) => ({
  value: () => start,
  self: () => ctx.self,
  *upTo(limit: number) {
    for (let n = 0; n < limit; n++) yield n
  },
}))

// Some actors here never have done what they were asked.
const options = { hosts: 0, logger: false, closing: { drainMs: 0, graceMs: 1 } } as const
const server = await createSystem(options)
const client = await createSystem(options)
const handle = await server.spawn(counter.with({ name: 'counter' }), 1)
server.expose('counter', handle)
const { endpoint } = await server.listen('tcp://127.0.0.1:*')
afterAll(async () => {
  await client.close()
  await server.close()
})

describe('what is printed', () => {
  it('of a ref is its address, and how it calls', () => {
    expect(inspect(handle)).toBe(`ActorHandle { address: '${String(handle)}' }`)
    expect(inspect(handle.with({ timeoutMs: 5 }))).toBe(
      `ActorRef { address: '${String(handle)}', timeoutMs: 5 }`,
    )
  })

  it('of a ref of another node is nothing that lets others call it', async () => {
    const exposed = client.ref<typeof counter>(`${endpoint}/counter`)
    expect(inspect(exposed)).toBe(`ActorRef { address: '${endpoint}/counter' }`)
    const sealed = await exposed.ask.self()
    const seal = String(sealed).slice(-22)
    expect(seal).toMatch(/^[\w-]{22}$/)
    expect(inspect(sealed)).not.toContain(seal)
    expect(inspect(sealed)).toMatch(/^ActorRef \{ address: 'tcp:.*\/~[\d.]+…' \}$/)
  })

  it('of a pool, a node, a stream, a farm and a system is what is worth knowing', async () => {
    await using pool = await server.pool(counter, { size: 2 }, 1)
    expect(inspect(pool)).toBe(`Pool { address: '${String(pool)}', size: 2 }`)
    const node = await client.connect(endpoint)
    expect(inspect(node)).toBe(`RemoteNode { id: '${endpoint}', isConnected: true }`)
    const stream = handle.stream.upTo(3)
    expect(inspect(stream)).toBe("StreamReader { phase: 'new', waiting: 0 }")
    await stream.next()
    expect(inspect(stream)).toContain("of: 'upTo of /counter', phase: 'open'")
    await stream.return()
    await using farm = await server.farm()
    expect(inspect(farm)).toBe('Farm { workers: 1 }')
    expect(inspect(client)).toBe('ActorSystem { hosts: [], actors: 0, closed: false }')
  })
})

describe('an error of a call', () => {
  it('names the message, the actor and the time', async () => {
    const slow = defineActor(import.meta.url, 'slow', () => ({ wait: () => new Promise(() => {}) }))
    const ref = await server.spawn(slow.with({ name: 'slow' }))
    // It handles the first for ever, and so never finds that the second is too old.
    ref.tell.wait()
    await expect(ref.with({ timeoutMs: 20 }).ask.wait()).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      message: 'wait of /slow: no answer came in 20 ms',
    })
    await ref.stop({ drain: false, graceMs: 1 })
    await expect(ref.ask.wait()).rejects.toMatchObject({
      code: 'ENOACTOR',
      message: `wait of ${String(ref)}: there is no such actor`,
    })
  })

  it('names it also over nodes, for pools and for streams', async () => {
    const slow = defineActor(import.meta.url, 'slower', () => ({
      wait: () => new Promise(() => {}),
      async *waits() {
        await new Promise(() => {})
        yield 1
      },
    }))
    const ref = await server.spawn(slow)
    server.expose('slow', ref)
    ref.tell.wait()
    const there = client.ref<typeof slow>(`${endpoint}/slow`).with({ timeoutMs: 30 })
    await expect(there.ask.wait()).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      message: `wait of ${endpoint}/slow: no answer came in 30 ms`,
    })
    const pool = await server.pool(slow, { size: 1 })
    pool.tell.wait()
    await expect(pool.with({ timeoutMs: 20 }).ask.wait()).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      message: `wait of the pool ${String(pool)}: no answer came in 20 ms`,
    })
    const idle = await server.spawn(slow)
    const path = await idle.path()
    await expect(idle.with({ timeoutMs: 20 }).stream.waits().next()).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      message: `waits of ${path}: no item came in 20 ms`,
    })
  })

  it('names a mailbox that is full, and how much it takes', async () => {
    const busy = defineActor(import.meta.url, 'busy', () => ({
      first: () => new Promise<void>(() => {}),
      next: () => undefined,
    }))
    const ref = await server.spawn(busy.with({ name: 'busy', mailbox: 1, overflow: 'fail' }))
    ref.tell.first()
    const asked = [1, 2, 3].map(() => ref.ask.next().catch((error: unknown) => error))
    expect(await asked[2]).toMatchObject({
      code: 'EOVERFLOW',
      message: expect.stringMatching(/^next of \/busy: the mailbox is full/) as string,
    })
    await ref.stop({ drain: false, graceMs: 1 })
    await Promise.all(asked)
  })
})
