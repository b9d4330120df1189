import { describe, expect, it } from 'vitest'
import { define } from '../testing/hosts.test-support.ts'
import { createTestSystem } from '../testing/testSystem.ts'
import type { ListenOptions } from './nodeOptions.ts'

const ENDPOINT = 'tcp://127.0.0.1:9000'

/** Keeps what comes, once it is let go on. */
const keeper = define(() => {
  const kept: unknown[] = []
  return {
    hold: () => gate,
    keep(value: unknown, _bytes?: Uint8Array) {
      kept.push(value)
    },
    kept: () => kept,
    fail(): void {
      throw new Error('fails')
    },
  }
})

let gate: Promise<void>

/** Two nodes, and an actor with room for two messages that is held up: the third and all later ones wait. */
async function joined({ hosts = 0, ...options }: ListenOptions & { hosts?: number } = {}) {
  let open!: () => void
  gate = new Promise((resolve) => (open = resolve))
  const client = await createTestSystem({ hosts: 0 })
  const server = await client.addNode({ hosts, supervision: { decide: () => 'stop' } })
  const letters: string[] = []
  server.events.subscribe((event) => {
    if (event.type === 'dead letter') letters.push(`${event.reason} ${event.method}`)
  })
  const actor = await server.spawn(keeper.with({ mailbox: 2 }))
  server.expose('keeper', actor)
  const listening = await server.listen(ENDPOINT, { goneAfterMs: 10_000, ...options })
  const node = await client.connect(ENDPOINT, { goneAfterMs: 10_000 })
  const ref = node.ref<typeof keeper>('/keeper').with({ timeoutMs: Infinity })
  ref.tell.hold()
  await client.settle()
  return {
    client,
    server,
    listening,
    letters,
    actor,
    node,
    ref,
    open,
    [Symbol.asyncDispose]: async () => {
      open()
      await server.close()
      await client.close()
    },
  }
}

describe('what a node has told an actor whose mailbox is full', () => {
  it('is overtaken by nothing that it asks, sends and streams later', async () => {
    await using nodes = await joined()
    const { client, ref } = nodes
    for (let n = 0; n < 6; n++) expect(ref.tell.keep(n)).toBe(true)
    const later = [ref.ask.keep('asked'), ref.send.keep('sent'), ref.ask.keep('asked again')]
    await client.settle()
    expect(ref.tell.keep('told')).toBe(false)
    nodes.open()
    await client.settle()
    await Promise.all(later)
    expect(ref.tell.keep('told')).toBe(true)
    expect(await ref.ask.kept()).toEqual([0, 1, 2, 3, 4, 5, 'asked', 'sent', 'asked again', 'told'])
  })

  it('is overtaken by nothing that it says over its next connection', async () => {
    await using nodes = await joined()
    const { client, node, ref } = nodes
    for (let n = 0; n < 6; n++) ref.tell.keep(n)
    await client.settle()
    client.network.cut(ENDPOINT)
    await client.settle()
    client.network.mend(ENDPOINT)
    await client.advance(1000)
    expect(node.isConnected).toBe(true)
    for (let n = 6; n < 9; n++) expect(ref.tell.keep(n)).toBe(true)
    const asked = ref.ask.keep('asked')
    await client.settle()
    // The pause is of the connection there is now.
    expect(ref.tell.keep('told')).toBe(false)
    nodes.open()
    await client.settle()
    await asked
    expect(ref.tell.keep('told')).toBe(true)
    expect(await ref.ask.kept()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 'asked', 'told'])
    expect(nodes.letters).toEqual([])
  })

  it('is dead letters when it is too much, in bytes', async () => {
    await using nodes = await joined({ limits: { tellBytes: 100_000 } })
    const { client, ref, letters } = nodes
    for (let n = 0; n < 8; n++) ref.tell.keep(n, Buffer.alloc(40_000))
    await client.settle()
    // Two have come in, and the third that waits is the last.
    expect(letters).toEqual(Array.from({ length: 3 }, () => 'overflow keep'))
    expect(nodes.listening.dropped).toBe(3)
    nodes.open()
    await client.settle()
    expect(await ref.ask.kept()).toEqual([0, 1, 2, 3, 4])
    // What was handed over counts no more.
    expect(ref.tell.keep('more')).toBe(true)
    expect(await ref.ask.kept()).toContain('more')
  })

  it('is dead letters when the node is gone', async () => {
    await using nodes = await joined()
    const { client, node, ref, letters } = nodes
    for (let n = 0; n < 6; n++) ref.tell.keep(n)
    await client.settle()
    node.disconnect()
    await client.settle()
    expect(letters).toEqual(Array.from({ length: 4 }, () => 'node lost keep'))
    nodes.open()
    await client.settle()
    expect(await nodes.actor.ask.kept()).toEqual([0, 1])
  })

  it('is dead letters when the actor ends before there is room', async () => {
    await using nodes = await joined()
    const { client, ref, letters, actor } = nodes
    ref.tell.fail()
    for (let n = 0; n < 6; n++) ref.tell.keep(n)
    await client.settle()
    const down = actor.down()
    nodes.open()
    expect(await down).toMatchObject({ reason: 'failed' })
    await client.settle()
    expect(letters).toEqual(Array.from({ length: 6 }, () => 'no such actor keep'))
  })

  it('is dead letters when the host of the actor is lost', async () => {
    await using nodes = await joined({ hosts: 1 })
    const { client, server, ref, letters } = nodes
    // The program's host is to know that the mailbox is full.
    for (let n = 0; n < 2; n++) ref.tell.keep(n)
    await client.settle()
    for (let n = 2; n < 6; n++) ref.tell.keep(n)
    await client.settle()
    server.kill(1)
    await client.settle()
    expect(letters).toEqual(Array.from({ length: 4 }, () => 'host lost keep'))
  })
})
