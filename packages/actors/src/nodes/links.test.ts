import { afterEach, describe, expect, it } from 'vitest'
import type { Down } from '../host/down.ts'
import type { ActorRef } from '../host/ref.ts'
import { define } from '../testing/hosts.test-support.ts'
import { Cable } from './testing/cable.test-support.ts'
import { counter, Nodes } from './testing/nodes.test-support.ts'

const nodes = new Nodes()
const cables: Cable[] = []
afterEach(async () => {
  await nodes.close()
  for (const cable of cables.splice(0)) cable.close()
})

/** Links to others; fails when it is told, and for good. */
const friend = define((ctx) => {
  let unlink: () => void = () => undefined
  return {
    async link(ref: ActorRef) {
      unlink = ctx.link(ref)
    },
    unlink: () => unlink(),
    fail(): void {
      throw new Error('fails')
    },
    stop: () => ctx.stop(),
    self: () => ctx.self as ActorRef as ActorRef<{ fail(): void }>,
    hello: () => 'hello',
  }
})

async function pair(links: boolean, goneAfterMs = 10_000) {
  const options = { supervision: { decide: () => 'stop' as const }, logger: false as const }
  const server = await nodes.start(options)
  const { endpoint } = await server.listen('tcp://127.0.0.1:*', {
    exports: { friend },
    links,
    goneAfterMs,
  })
  const cable = await Cable.to(endpoint)
  cables.push(cable)
  const client = await nodes.start(options)
  const node = await client.connect(cable.endpoint, { goneAfterMs: 10_000 })
  return { server, client, node, cable }
}

const codeOf = (down: Down): unknown =>
  down.reason === 'failed' ? (down.error as { code?: unknown }).code : down.reason

describe('a link to an actor of another node', () => {
  const linked = async (goneAfterMs?: number) => {
    const { server, client, node, cable } = await pair(true, goneAfterMs)
    const there = await server.spawn(friend)
    server.expose('friend', there)
    const here = await client.spawn(friend)
    const ref = node.ref<typeof friend>('/friend')
    await here.ask.link(ref as never)
    // What is said on the same way later comes later.
    expect(await ref.ask.hello()).toBe('hello')
    return { server, client, node, cable, here, there }
  }

  it('has this one fail when that one does', async () => {
    const { here, there } = await linked()
    const down = here.down()
    there.tell.fail()
    expect(codeOf(await down)).toBe('ELINKED')
  })

  it('has that one fail when this one does', async () => {
    const { here, there } = await linked()
    const down = there.down()
    here.tell.fail()
    expect(codeOf(await down)).toBe('ELINKED')
  })

  it('has that one fail when the node of this one is gone', async () => {
    const { cable, there } = await linked(50)
    const down = there.down()
    cable.cut()
    expect(codeOf(await down)).toBe('ELINKED')
  })

  it('is tied still when the connection was lost for a moment', async () => {
    const { cable, here, there, node } = await linked()
    cable.cut()
    await expect.poll(() => node.isConnected).toBe(false)
    cable.mend()
    const down = there.down()
    here.tell.fail()
    expect(codeOf(await down)).toBe('ELINKED')
  })

  it('takes nobody along when one of them stops', async () => {
    const { here, there, client, node } = await linked()
    await here.stop()
    expect(await there.ask.hello()).toBe('hello')
    const another = await client.spawn(friend)
    const ref = node.ref<typeof friend>('/friend')
    await another.ask.link(ref as never)
    const down = ref.down()
    // What was said before is known there by then.
    await ref.ask.hello()
    await there.stop()
    expect(await down).toEqual({ reason: 'stopped' })
    expect(await another.ask.hello()).toBe('hello')
  })

  it('can be taken back', async () => {
    const { here, there, node } = await linked()
    await here.ask.unlink()
    expect(await node.ref<typeof friend>('/friend').ask.hello()).toBe('hello')
    const down = here.down()
    here.tell.fail()
    expect(codeOf(await down)).toBeUndefined()
    expect(await there.ask.hello()).toBe('hello')
  })
})

describe('a node that was not told to let others link', () => {
  it('refuses it: who links to it fails', async () => {
    const { server, client, node } = await pair(false)
    const there = await server.spawn(counter, 1)
    server.expose('counter', there)
    const here = await client.spawn(friend)
    const down = here.down()
    await here.ask.link(node.ref('/counter'))
    const ended = await down
    expect(ended).toMatchObject({ error: { code: 'ELINKED', cause: { code: 'EDENIED' } } })
    expect(await there.ask.value()).toBe(1)
  })

  it('lets those link who have spawned the actor', async () => {
    const { client, node } = await pair(false)
    const there = await node.spawn<typeof friend>('friend')
    const here = await client.spawn(friend)
    await here.ask.link(there as never)
    expect(await there.ask.hello()).toBe('hello')
    const down = there.down()
    here.tell.fail()
    expect(codeOf(await down)).toBe('ELINKED')
  })
})
