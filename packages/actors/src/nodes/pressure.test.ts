import { describe, expect, it } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import type { ActorRef } from '../host/ref.ts'
import { createTestSystem } from '../testing/testSystem.ts'
import { echo } from './testing/nodes.test-support.ts'

const ENDPOINT = 'tcp://127.0.0.1:9000'

/** Each leaves in a frame of its own. */
const LARGE = Buffer.alloc(40_000)
/** So many do not fit on the way and into what may wait behind it. */
const MANY = 150

/** Two nodes, and an actor that keeps what it is asked to. */
async function joined() {
  const client = await createTestSystem({ hosts: 0 })
  const server = await client.addNode({ hosts: 0 })
  server.expose('echo', await server.spawn(echo.with({ mailbox: 10_000 })))
  await server.listen(ENDPOINT)
  const node = await client.connect(ENDPOINT)
  return {
    client,
    ref: node.ref<typeof echo>('/echo'),
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await client.close()
    },
  }
}

const errorFrom = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('a connection with no room', () => {
  it('has room for all that is asked, in its order, when the other node reads', async () => {
    await using nodes = await joined()
    const { client, ref } = nodes
    const release = client.network.hold(ENDPOINT)
    const large = Array.from({ length: MANY }, () => ref.ask.echo(LARGE))
    await client.settle()
    const numbers = Array.from({ length: MANY }, (_, n) => n)
    const kept = numbers.map((n) => (n % 2 === 0 ? ref.ask.keep(n) : ref.send.keep(n)))
    expect(ref.tell.keep('told')).toBe(false)
    await client.settle()
    release()
    await client.settle()
    expect((await Promise.all(large)).map((bytes) => (bytes as Buffer).length)).toEqual(
      large.map(() => LARGE.length),
    )
    await Promise.all(kept)
    expect(ref.tell.keep('told')).toBe(true)
    expect(await ref.ask.kept()).toEqual([...numbers, 'told'])
  })

  it('is waited for no longer than was said', async () => {
    await using nodes = await joined()
    const { client, ref } = nodes
    const release = client.network.hold(ENDPOINT)
    const large = Array.from({ length: MANY }, () => ref.ask.echo(LARGE))
    await client.settle()
    const hurried = [ref.with({ timeoutMs: 100 }).ask, ref.with({ timeoutMs: 100 }).send]
    const late = hurried.map((verb) => errorFrom(verb.keep('late')))
    const giving = new AbortController()
    const { signal } = giving
    const given = [ref.with({ signal }).ask, ref.with({ signal }).send]
    const up = given.map((verb) => errorFrom(verb.keep('given up')))
    giving.abort(new Error('given up'))
    await client.advance(100)
    for (const error of await Promise.all(late)) expect(error).toMatchObject({ code: 'ETIMEDOUT' })
    for (const error of await Promise.all(up)) expect(error).toBe(signal.reason)
    release()
    await client.settle()
    await Promise.all(large)
    expect(await ref.ask.kept()).toEqual([])
  })

  it('is made again for what had not left when it was lost', async () => {
    await using nodes = await joined()
    const { client } = nodes
    const ref = nodes.ref.with({ timeoutMs: 60_000 })
    const release = client.network.hold(ENDPOINT)
    const large = Array.from({ length: MANY }, () => errorFrom(ref.ask.echo(LARGE)))
    await client.settle()
    const again = ref.with({ idempotent: true }).ask.keep('again')
    const kept = ref.ask.keep('kept')
    // The silence is noticed while there is no room.
    await client.advance(3000)
    release()
    await client.advance(3000)
    await Promise.all([again, kept])
    const errors = await Promise.all(large)
    expect(errors[0]).toMatchObject({ code: 'ENODEDOWN' })
    expect(errors.at(-1)).toBeUndefined()
    expect(await ref.ask.kept()).toEqual(['again', 'kept'])
  })
})

/** Tells others. */
const teller = defineActor(import.meta.url, 'teller', () => ({
  tell: (ref: ActorRef<typeof echo>, value: unknown) => ref.tell.keep(value),
}))

describe('a node that takes little', () => {
  it('is told no more than that by the actors of other threads', async () => {
    const client = await createTestSystem({ hosts: 1 })
    const server = await client.addNode({ hosts: 0 })
    server.expose('echo', await server.spawn(echo))
    await server.listen(ENDPOINT, { limits: { messageBytes: 1 << 16 } })
    const node = await client.connect(ENDPOINT)
    const ref = node.ref<typeof echo>('/echo')
    const letters: string[] = []
    client.events.subscribe((event) => {
      if (event.type === 'dead letter') letters.push(`${event.reason} ${event.method}`)
    })
    const here = await client.spawn(teller)
    await here.ask.tell(ref, Buffer.alloc(100_000))
    await here.ask.tell(ref, 'little')
    await client.settle()
    expect(letters).toEqual(['unreadable keep'])
    expect(await ref.ask.kept()).toEqual(['little'])
    await server.close()
    await client.close()
  })
})
