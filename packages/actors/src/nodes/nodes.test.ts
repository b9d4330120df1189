import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { ActorError } from '../errors.ts'
import type { ActorRef } from '../host/ref.ts'
import type { RemoteNode } from './remoteNode.ts'
import {
  asked,
  counter,
  echo,
  gate,
  Nodes,
  openGates,
  patient,
} from './testing/nodes.test-support.ts'

const nodes = new Nodes()
afterEach(() => nodes.close())

const pair = async () => {
  const server = await nodes.start()
  const { endpoint } = await server.listen('tcp://127.0.0.1:*')
  const client = await nodes.start()
  return { server, client, endpoint }
}

const errorFrom = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('an actor of another node', () => {
  it('is called by all four verbs', async () => {
    const { server, client, endpoint } = await pair()
    server.expose('counter', await server.spawn(counter, 40))
    const ref = client.ref<typeof counter>(`${endpoint}/counter`)
    expect(ref.tell.add(1)).toBe(true)
    await ref.send.add(1)
    expect(await ref.ask.value()).toBe(42)
    const items: number[] = []
    for await (const n of ref.stream.upTo(245)) items.push(n)
    expect(items).toEqual(Array.from({ length: 203 }, (_, n) => 42 + n))
  })

  it('is not betrayed by the error of who calls it when its node has begun anew', async () => {
    const { client, endpoint } = await pair()
    const seal = 'x'.repeat(22)
    const ref = client.ref<typeof counter>(`${endpoint}/~0.1.1.${seal}`)
    const failed = [ref.ask.value(), ref.send.add(1), ref.stream.upTo(1).next()].map(errorFrom)
    for (const error of await Promise.all(failed)) {
      expect(error).toMatchObject({ code: 'ENOACTOR' })
      expect(inspect(error)).toContain('/~0.1.1.…')
      expect(inspect(error)).not.toContain(seal)
    }
  })

  it('is named by the error of what cannot be sent to it', async () => {
    const server = await nodes.start()
    server.expose('echo', await server.spawn(echo))
    const { endpoint } = await server.listen('tcp://127.0.0.1:*', {
      limits: { messageBytes: 100_000 },
    })
    const ref = (await (await nodes.start()).connect(endpoint)).ref<typeof echo>('/echo')
    const no = Symbol('no')
    const symbol = { code: 'EVALUE', message: `echo of ${endpoint}/echo: value[0] is a symbol` }
    const calls = [() => ref.ask.echo(no), () => ref.send.echo(no), () => ref.tell.echo(no)]
    for (const call of calls) expect(await errorFrom((async () => call())())).toMatchObject(symbol)
    const large = await errorFrom(ref.ask.echo(Buffer.alloc(200_000)))
    expect(large).toMatchObject({ code: 'EMSGSIZE' })
    expect((large as Error).message).toContain(`echo of ${endpoint}/echo: A message of 2000`)
  })

  it('is called over ipc', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ringpost-nodes-'))
    try {
      const server = await nodes.start()
      server.expose('counter', await server.spawn(counter, 1))
      await server.listen(`ipc://${folder}/node`)
      const client = await nodes.start()
      const ref = client.ref<typeof counter>(`ipc://${folder}/node#/counter`)
      expect(await ref.ask.value()).toBe(1)
      expect(String(ref)).toBe(`ipc://${folder}/node#/counter`)
    } finally {
      await nodes.close()
      rmSync(folder, { recursive: true })
    }
  })

  it('gets what was sent to it in its order', async () => {
    const { server, client, endpoint } = await pair()
    server.expose('echo', await server.spawn(echo))
    const ref = client.ref<typeof echo>(`${endpoint}/echo`)
    await client.connect(endpoint)
    for (let n = 0; n < 1000; n++) expect(ref.tell.keep(n)).toBe(true)
    expect(await ref.ask.kept()).toEqual(Array.from({ length: 1000 }, (_, n) => n))
  })

  it('throws what crosses without its stack', async () => {
    const { server, client, endpoint } = await pair()
    server.expose('echo', await server.spawn(echo))
    const ref = client.ref<typeof echo>(`${endpoint}/echo`)
    const error = (await errorFrom(ref.ask.fail('no'))) as RangeError
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'no', code: 'ENO', cause: { message: 'why' } })
    expect(error.stack).not.toContain('test-support')
  })

  it('leaves a stream that its reader leaves', async () => {
    const { server, client, endpoint } = await pair()
    server.expose('echo', await server.spawn(echo))
    const ref = client.ref<typeof echo>(`${endpoint}/echo`)
    for await (const n of ref.stream.forever()) if (n === 100) break
    expect(await ref.ask.whenLeft()).toBe(true)
  })

  it.for([
    ['there is none', '/nobody', 'echo', 'ENOACTOR'],
    ['it has no such handler', '/echo', 'nothing', 'ENOHANDLER'],
    ['a handler is what all objects have', '/echo', 'toString', 'ENOHANDLER'],
    ['the ref was guessed', '/~0.1.1.AAAAAAAAAAAAAAAAAAAAAA', 'echo', 'ENOACTOR'],
  ] as const)('is not called where %s', async ([, path, method, code]) => {
    const { server, client, endpoint } = await pair()
    server.expose('echo', await server.spawn(echo))
    const ref = client.ref<Record<string, (value: unknown) => unknown>>(endpoint + path)
    expect(await errorFrom(ref.ask[method]!(1))).toMatchObject({ code })
  })

  it('hears no more of an ask that is aborted', async () => {
    const { server, client, endpoint } = await pair()
    server.expose('gate', await server.spawn(gate))
    const node = await client.connect(endpoint)
    const controller = new AbortController()
    const ref = node.ref<typeof gate>('/gate')
    const asked = errorFrom(ref.with({ signal: controller.signal }).ask.wait())
    controller.abort(new Error('enough'))
    expect(await asked).toMatchObject({ message: 'enough' })
    expect(await errorFrom(ref.with({ timeoutMs: 20 }).ask.wait())).toMatchObject({
      code: 'ETIMEDOUT',
    })
  })

  it.for(['its asker gives it up', 'its asker is gone'])('hears of an ask when %s', async (how) => {
    const { server, client, endpoint } = await pair()
    server.expose('patient', await server.spawn(patient))
    const node = await client.connect(endpoint)
    const controller = new AbortController()
    const { signal } = controller
    const begun = new Promise<void>((resolve) => (asked.begun = resolve))
    const isUnwanted = new Promise<void>((resolve) => (asked.isUnwanted = resolve))
    const answer = errorFrom(node.ref<typeof patient>('/patient').with({ signal }).ask.wait())
    await begun
    if (how === 'its asker is gone') await client.close()
    else controller.abort()
    await isUnwanted
    expect(await answer).toBeInstanceOf(Error)
  })

  it('takes a message that needs room when there is room', async () => {
    const { server, client, endpoint } = await pair()
    const here = await server.spawn(gate.with({ mailbox: 4 }))
    server.expose('gate', here)
    const node = await client.connect(endpoint)
    const ref = node.ref<typeof gate>('/gate')
    const waits = ref.ask.wait()
    const sent = Array.from({ length: 50 }, () => ref.send.pass())
    for (let n = 0; n < 10; n++) expect(ref.tell.pass()).toBe(true)
    // Those that were told are held when they find no room, and the sender is told of it.
    await expect.poll(() => ref.tell.pass()).toBe(false)
    openGates()
    await Promise.all([waits, ...sent])
    expect(await ref.ask.passed()).toBeGreaterThanOrEqual(60)
  })

  it('is named by its URL', async () => {
    const { server, client, endpoint } = await pair()
    server.expose('counter', await server.spawn(counter, 7))
    const ref = client.ref<typeof counter>(`${endpoint}/counter`)
    const again = client.ref<typeof counter>(String(ref))
    expect(String(ref)).toBe(`${endpoint}/counter`)
    expect(again.equals(ref as never)).toBe(true)
    expect(await again.ask.value()).toBe(7)
    expect(await again.path()).toBe('/counter')
    expect(client.ref(`${endpoint}/other`).equals(ref as never)).toBe(false)
  })
})

describe('a ref in a message', () => {
  it('works at the other end, whoever connected', async () => {
    const { server, client, endpoint } = await pair()
    server.expose('echo', await server.spawn(echo))
    const ref = client.ref<typeof echo>(`${endpoint}/echo`)
    const here = await client.spawn(counter, 5)
    expect(await ref.ask.valueOf_(here)).toBe(5)
    const back = (await ref.ask.echo(here)) as ActorRef
    expect(back.equals(here as never)).toBe(true)
    const there = (await ref.ask.self()) as ActorRef<{ echo(value: unknown): unknown }>
    expect(await there.ask.echo('x')).toBe('x')
    expect((await ref.ask.echo(there)) as ActorRef).toSatisfy((it: ActorRef) =>
      it.equals(there as never),
    )
  })

  it('reaches a third node if that is connected to, or if `dial` says how', async () => {
    const { server, endpoint } = await pair()
    server.expose('echo', await server.spawn(echo))
    const third = await nodes.start()
    third.expose('counter', await third.spawn(counter, 3))
    const listening = await third.listen('tcp://127.0.0.1:*')
    const client = await nodes.start()
    const ref = client.ref<typeof echo>(`${endpoint}/echo`)
    const other = client.ref<typeof counter>(`${listening.endpoint}/counter`)
    expect(await errorFrom(ref.ask.valueOf_(other))).toMatchObject({ code: 'ENODEDOWN' })

    const dialer = await nodes.start({ dial: () => ({}) })
    dialer.expose('echo', await dialer.spawn(echo))
    const { endpoint: dialing } = await dialer.listen('tcp://127.0.0.1:*')
    expect(await client.ref<typeof echo>(`${dialing}/echo`).ask.valueOf_(other)).toBe(3)
  })
})

describe('watching an actor of another node', () => {
  it('tells how it ended', async () => {
    const server = await nodes.start({ supervision: { decide: () => 'stop' } })
    const { endpoint } = await server.listen('tcp://127.0.0.1:*')
    const client = await nodes.start()
    const actor = await server.spawn(counter, 1)
    const failing = await server.spawn(echo)
    server.expose('counter', actor)
    server.expose('failing', failing)
    const node = await client.connect(endpoint)
    const downs = [
      node.ref('/counter').down(),
      node.ref('/failing').down(),
      node.ref('/nobody').down(),
    ]
    // What was said before is heard before.
    await node.ref<typeof counter>('/counter').ask.value()
    await actor.stop()
    failing.tell.fail('on purpose')
    expect(await Promise.all(downs)).toMatchObject([
      { reason: 'stopped' },
      { reason: 'failed', error: { message: 'on purpose' } },
      { reason: 'no such actor' },
    ])
  })

  it('tells that its node has left', async () => {
    const server = await nodes.start()
    server.expose('counter', await server.spawn(counter, 1))
    const listening = await server.listen('tcp://127.0.0.1:*')
    const client = await nodes.start()
    const node = await client.connect(listening.endpoint)
    const ref = node.ref<typeof counter>('/counter')
    await ref.ask.value()
    const down = ref.down()
    listening.close()
    expect(await down).toMatchObject({ reason: 'node lost', error: { code: 'ENODEDOWN' } })
    expect(await errorFrom(ref.ask.value())).toMatchObject({ code: 'ENODEDOWN' })
    expect(ref.tell.add(1)).toBe(false)
  })
})

describe('spawning on another node', () => {
  it('makes an actor of what the node exports', async () => {
    const server = await nodes.start()
    const { endpoint } = await server.listen('tcp://127.0.0.1:*', { exports: { counter } })
    const client = await nodes.start()
    const node = await client.connect(endpoint)
    expect(node.exports).toEqual(['counter'])
    const handle = await node.spawn<typeof counter>('counter', 41)
    await handle.send.add(1)
    expect(await handle.ask.value()).toBe(42)
    await handle.stop()
    expect(await errorFrom(handle.ask.value())).toMatchObject({ code: 'ENOACTOR' })
  })

  it.for(['echo', 'constructor', '__proto__', ''])(
    'refuses %j, which it does not',
    async (name) => {
      const server = await nodes.start()
      const { endpoint } = await server.listen('tcp://127.0.0.1:*', { exports: { counter } })
      const client = await nodes.start()
      const node = await client.connect(endpoint)
      expect(await errorFrom(node.spawn(name))).toMatchObject({ code: 'EDENIED' })
    },
  )

  it('tells what the factory throws', async () => {
    const server = await nodes.start()
    const { endpoint } = await server.listen('tcp://127.0.0.1:*', { exports: { counter } })
    const client = await nodes.start()
    const node = await client.connect(endpoint)
    expect(await errorFrom(node.spawn('counter', 'x'))).toMatchObject({
      name: 'TypeError',
      message: 'start must be a number',
    })
  })

  it('ends the actor with the node that spawned it, and lets nobody else stop it', async () => {
    const server = await nodes.start()
    const { endpoint } = await server.listen('tcp://127.0.0.1:*', { exports: { counter } })
    const client = await nodes.start()
    const handle = await (await client.connect(endpoint)).spawn<typeof counter>('counter', 1)
    const stranger = await nodes.start()
    const ref = stranger.ref<typeof counter>(String(handle))
    expect(await ref.ask.value()).toBe(1)
    const stop = ref.caller.stop(ref.address, {})
    expect(await errorFrom(stop)).toMatchObject({ code: 'EDENIED' })
    const down = ref.down()
    // Asked behind the watch: once this is answered, the server knows of it.
    expect(await ref.ask.value()).toBe(1)
    await client.close()
    expect(await down).toMatchObject({ reason: 'stopped' })
  })

  it('has a limit', async () => {
    const server = await nodes.start()
    const { endpoint } = await server.listen('tcp://127.0.0.1:*', {
      exports: { counter },
      limits: { actors: 2 },
    })
    const client = await nodes.start()
    const node = await client.connect(endpoint)
    const first = await node.spawn<typeof counter>('counter', 1)
    await node.spawn<typeof counter>('counter', 1)
    expect(await errorFrom(node.spawn('counter', 1))).toMatchObject({ code: 'EOVERFLOW' })
    await first.stop()
    await node.spawn<typeof counter>('counter', 1)
  })
})

describe('what a node may take', () => {
  it('is limited', async () => {
    const server = await nodes.start()
    server.expose('gate', await server.spawn(gate))
    const { endpoint } = await server.listen('tcp://127.0.0.1:*', {
      limits: { asks: 2, streams: 1, watches: 1, messageBytes: 100_000 },
    })
    const client = await nodes.start()
    const node = await client.connect(endpoint)
    const ref = node.ref<typeof gate>('/gate')
    const asked = [ref.ask.wait(), ref.ask.wait()]
    const one = ref.down()
    expect(await errorFrom(ref.ask.wait())).toMatchObject({ code: 'EOVERFLOW' })
    expect(await ref.down()).toMatchObject({ reason: 'node lost', error: { code: 'EOVERFLOW' } })
    expect(await errorFrom(ref.send.take(Buffer.alloc(200_000)))).toMatchObject({
      code: 'EMSGSIZE',
    })
    openGates()
    await Promise.all(asked)
    await server.close()
    expect(await one).toMatchObject({ reason: 'stopped' })
  })

  it.for([
    [{ asks: -1 }, 'asks'],
    [{ asks: 1.5 }, 'asks'],
    [{ nothing: 1 }, 'nothing'],
  ] as const)('is limited by a number that is one: %j', async ([limits, name]) => {
    const server = await nodes.start()
    const listening = server.listen('tcp://127.0.0.1:*', { limits: limits as never })
    expect(await errorFrom(listening)).toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining(name),
    })
  })
})

describe('a system', () => {
  it('tells which nodes it talks to', async () => {
    const server = await nodes.start()
    let came: (node: RemoteNode) => void
    const coming = new Promise<RemoteNode>((resolve) => (came = resolve))
    const { endpoint } = await server.listen('tcp://127.0.0.1:*', {
      onNode: (node) => came(node),
      name: 'server',
    })
    const client = await nodes.start()
    const there = await client.connect(endpoint, { name: 'client' })
    expect(there).toMatchObject({ name: 'server', address: endpoint, isConnected: true })
    const node = await coming
    expect(node.name).toBe('client')
    expect(node.id).toMatch(/^node:[0-9a-f]{32}$/)
    expect(server.nodes.map(({ id }) => id)).toEqual([node.id])
  })

  it('connects to another at all of its endpoints, but not to itself', async () => {
    const { server, client, endpoint } = await pair()
    server.expose('echo', await server.spawn(echo))
    const other = await server.listen('tcp://127.0.0.1:*')
    const here = await client.spawn(counter, 5)
    const refs = [endpoint, other.endpoint].map((at) => client.ref<typeof echo>(`${at}/echo`))
    expect(await Promise.all(refs.map((ref) => ref.ask.valueOf_(here)))).toEqual([5, 5])
    await refs[0]!.send.keep(here)
    const [back] = (await refs[1]!.ask.kept()) as ActorRef[]
    expect(back!.equals(here as never)).toBe(true)
    expect(await errorFrom(server.connect(endpoint))).toMatchObject({
      code: 'ENODEDOWN',
      cause: { message: expect.stringContaining('EDENIED') },
    })
    expect(await errorFrom(server.connect(endpoint))).toMatchObject({ code: 'ENODEDOWN' })
  })

  it('calls its own actors by its own URLs', async () => {
    const { server, endpoint } = await pair()
    server.expose('counter', await server.spawn(counter, 9))
    expect(await server.ref<typeof counter>(`${endpoint}/counter`).ask.value()).toBe(9)
    expect(await errorFrom(server.ref<typeof counter>(`${endpoint}/no`).ask.value())).toMatchObject(
      {
        code: 'ENOACTOR',
      },
    )
  })

  it.for(['', 'counter', 'tcp://127.0.0.1:9000', 'http://a/b', 'tcp://a:1/b c', 'node:12/a'])(
    'takes %j for no ref',
    async (url) => {
      const system = await nodes.start()
      expect(() => system.ref(url)).toThrow(ActorError)
    },
  )

  it('exposes one actor by one name', async () => {
    const system = await nodes.start()
    const first = await system.spawn(counter, 1)
    system.expose('counter', first)
    expect(() => system.expose('/counter', first)).toThrow('/counter')
    for (const name of ['', '/', '~x', '/~0.1.1', 'a b'])
      expect(() => system.expose(name, first)).toThrow(ActorError)
  })

  it('is closed with what waits for other nodes', async () => {
    const { server, client, endpoint } = await pair()
    server.expose('gate', await server.spawn(gate))
    const node = await client.connect(endpoint)
    const asked = errorFrom(node.ref<typeof gate>('/gate').ask.wait())
    await client.close()
    expect(await asked).toMatchObject({ code: expect.stringMatching(/ENODEDOWN|ECLOSED/) })
    expect(() => client.ref(`${endpoint}/gate`)).toThrow(ActorError)
  })
})
