import { describe, expect, it, onTestFinished } from 'vitest'
import type { StopOptions } from '../host/life.ts'
import type { ActorHandle } from '../host/ref.ts'
import { collectDeadLetters, define } from '../testing/hosts.test-support.ts'
import { createTestSystem } from '../testing/testSystem.ts'
import { Nodes } from './testing/nodes.test-support.ts'
import { forged, Stranger } from './testing/stranger.test-support.ts'

const ENDPOINT = 'tcp://127.0.0.1:9000'

let handled: number

const worker = define(
  () => ({
    work() {
      handled++
    },
    hang: () => new Promise<void>(() => undefined),
    value: () => 1,
  }),
  { mailbox: 100 },
)

let isStopped: boolean

async function stop(actor: ActorHandle<typeof worker>, options: StopOptions): Promise<void> {
  await actor.stop(options)
  isStopped = true
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'settled',
    (error: { code?: unknown }) => error.code,
  )

/** Two nodes, each with one host beside its program's, and an actor that one has spawned on the other's. */
async function nodes() {
  handled = 0
  isStopped = false
  const client = await createTestSystem({ hosts: 1 })
  const server = await client.addNode({ hosts: 1 })
  onTestFinished(async () => {
    await server.close()
    await client.close()
  })
  const lost: unknown[] = []
  server.events.subscribe((event) => {
    if (event.type === 'host lost') lost.push(event.host)
  })
  await server.listen(ENDPOINT, { exports: { worker: worker.with({ host: 1 }) } })
  const actor = await (await client.connect(ENDPOINT)).spawn<typeof worker>('worker')
  return { client, server, actor, lost }
}

describe('how long an actor of another node may take to stop', () => {
  it('is over when that is over', async () => {
    const { client, actor, lost } = await nodes()
    const hanging = codeOf(actor.with({ timeoutMs: Infinity }).ask.hang())
    await client.settle()
    void stop(actor, { graceMs: 1000 })
    await client.advance(999)
    expect(isStopped).toBe(false)
    await client.advance(1)
    expect(isStopped).toBe(true)
    expect(await hanging).toBe('ESTOPPED')
    await client.advance(60_000)
    expect(lost).toEqual([])
  })

  it('is as long as it takes if nothing was said', async () => {
    const { client, server, actor } = await nodes()
    const hanging = codeOf(actor.with({ timeoutMs: Infinity }).ask.hang())
    await client.settle()
    void stop(actor, {})
    await client.advance(3_600_000)
    expect(isStopped).toBe(false)
    server.kill(1)
    await client.advance(1000)
    expect(isStopped).toBe(true)
    expect(await hanging).toBe('EHOSTDOWN')
  })

  it('is no longer than it takes', async () => {
    const letters = collectDeadLetters()
    const { client, actor } = await nodes()
    for (let n = 0; n < 50; n++) actor.tell.work()
    void stop(actor, { graceMs: 1000 })
    await client.settle()
    expect(isStopped).toBe(true)
    expect(handled).toBe(50)
    expect(letters).toEqual([])
  })

  it('counts for one that is to stop at once', async () => {
    const { client, actor } = await nodes()
    const hanging = codeOf(actor.with({ timeoutMs: Infinity }).ask.hang())
    await client.settle()
    const stopping = actor.stop({ drain: false, graceMs: 1000 })
    await client.advance(1000)
    await stopping
    expect(await hanging).toBe('ESTOPPED')
  })

  it('ends a thread that is stuck, with all actors on it', async () => {
    const { client, server, actor, lost } = await nodes()
    const other = await server.spawn(worker.with({ host: 1 }))
    server.hold(1)
    void stop(actor, { graceMs: 2000 })
    await client.advance(3999)
    expect(lost).toEqual([])
    await client.advance(1)
    expect(lost).toEqual([1])
    expect(isStopped).toBe(true)
    await client.advance(1000)
    expect(await other.ask.value()).toBe(1)
    expect(await codeOf(actor.ask.value())).toBe('EHOSTDOWN')
  })

  it('ends no thread that may only be busy, however little it is', async () => {
    const { client, server, actor, lost } = await nodes()
    const release = server.hold(1)
    void stop(actor, { graceMs: 0 })
    await client.advance(999)
    expect(isStopped).toBe(false)
    release()
    await client.settle()
    expect(isStopped).toBe(true)
    await client.advance(60_000)
    expect(lost).toEqual([])
  })

  it('counts from when there is a connection', async () => {
    const { client, actor } = await nodes()
    const hanging = codeOf(actor.with({ timeoutMs: Infinity }).ask.hang())
    await client.settle()
    client.network.cut(ENDPOINT)
    expect(await hanging).toBe('ENODEDOWN')
    void stop(actor, { graceMs: 1000 })
    await client.advance(500)
    client.network.mend(ENDPOINT)
    await client.advance(1000)
    expect(isStopped).toBe(false)
    await client.advance(1000)
    expect(isStopped).toBe(true)
  })

  it.each([
    ['has said that it takes that', { grace: true }, 1500],
    ['has not', {}, Infinity],
  ])('is told to a node that %s', async (_, hello, graceMs) => {
    const all = new Nodes()
    onTestFinished(() => all.close())
    const system = await all.start()
    const { endpoint } = await system.listen('tcp://127.0.0.1:*', {})
    const other = new Stranger(endpoint)
    onTestFinished(() => other.close())
    await other.hello(hello)
    expect(await other.hears('hello')).toMatchObject({ body: { grace: true } })
    const spawning = system.nodes[0]!.spawn('worker')
    const { id } = await other.hears('spawn')
    forged.bytes = Buffer.from(`node:${other.incarnation}/~1`)
    await other.say('reply', { id }, await system.spawn(worker))
    const stopping = (await spawning).stop({ graceMs: 1499.5 })
    const heard = await other.hears('stop')
    expect(heard).toMatchObject({ to: '/~1', count: 1, graceMs })
    await other.say('reply', { id: heard.id }, null)
    await stopping
  })
})
