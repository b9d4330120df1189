import { describe, expect, it, onTestFinished } from 'vitest'
import type { ActorRef } from '../host/ref.ts'
import { define } from '../testing/hosts.test-support.ts'
import { createTestSystem, type TestSystem } from '../testing/testSystem.ts'

const ENDPOINT = 'tcp://127.0.0.1:9000'

let client: TestSystem
/** What was read, and how that has ended. */
let seen: number[]
let end: unknown
/** What the actor knows of who reads, and whether it has been left. */
let deadline: number | undefined
let isLeft: boolean

const ticker = define((ctx) => ({
  /** Each number after as many milliseconds; after the last one nothing. */
  async *after(...silences: number[]) {
    ;({ deadline } = ctx.message!)
    const { signal } = ctx.message!
    signal.addEventListener('abort', () => (isLeft = true))
    for (const ms of silences) {
      await new Promise<void>((resolve) => {
        client.clock.after(ms, resolve)
      })
      yield ms
    }
    await new Promise((_, reject) => signal.addEventListener('abort', reject))
  },
}))

type Ticker = ActorRef<typeof ticker>

async function readAll(ref: Ticker, silences: number[], timeoutMs?: number): Promise<void> {
  const timed = timeoutMs === undefined ? ref : ref.with({ timeoutMs })
  try {
    for await (const n of timed.stream.after(...silences)) seen.push(n)
    end = 'over'
  } catch (error) {
    end = error
  }
}

const reader = define(() => ({
  read(ref: Ticker, silences: number[], timeoutMs?: number) {
    void readAll(ref, silences, timeoutMs)
  },
  readFor: readAll,
}))

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'settled',
    (error: { code?: unknown }) => error.code,
  )

/** Two nodes: the stream is read by the program of one, or by an actor of another host. */
async function nodes(isRelayed: boolean, hosts = 0) {
  seen = []
  end = deadline = undefined
  isLeft = false
  client = await createTestSystem({ hosts: 1 })
  const server = await client.addNode({ hosts })
  onTestFinished(async () => {
    await server.close()
    await client.close()
  })
  server.expose('ticker', await server.spawn(ticker))
  await server.listen(ENDPOINT, { topics: { subscribe: [''] } })
  const node = await client.connect(ENDPOINT)
  const ref = node.ref<typeof ticker>('/ticker')
  const other = await client.spawn(reader.with({ host: isRelayed ? 1 : 'here' }))
  const read = (silences: number[], timeoutMs?: number): void => {
    if (isRelayed) other.tell.read(ref, silences, timeoutMs)
    else void readAll(ref, silences, timeoutMs)
  }
  return { server, node, ref, other, read }
}

const places = [
  ['the program', false, 0],
  ['the program, of an actor of another host', false, 1],
  ['an actor of another host', true, 0],
] as const

describe.each(places)('a stream of another node, read by %s', (_, isRelayed, hosts) => {
  it('lives though no item comes for long', async () => {
    const { read } = await nodes(isRelayed, hosts)
    read([60_000, 3_600_000])
    await client.advance(60_000)
    expect(seen).toEqual([60_000])
    await client.advance(3_600_000)
    expect(seen).toEqual([60_000, 3_600_000])
    expect(end).toBeUndefined()
    expect(deadline).toBe(Infinity)
  })

  it('ends with its node', async () => {
    const { read } = await nodes(isRelayed, hosts)
    read([60_000])
    await client.advance(120_000)
    const release = client.network.hold(ENDPOINT)
    await client.advance(10_000)
    expect(seen).toEqual([60_000])
    expect(end).toMatchObject({
      code: 'ENODEDOWN',
      message: `The connection to ${ENDPOINT} was lost`,
    })
    expect(isLeft).toBe(true)
    release()
  })

  it('waits for each item as long as its reader said, and not for all together', async () => {
    const { read } = await nodes(isRelayed, hosts)
    read([49, 49, 49], 50)
    await client.advance(3 * 49 + 49)
    expect(seen).toEqual([49, 49, 49])
    expect(end).toBeUndefined()
    expect(isLeft).toBe(false)
    await client.advance(1)
    expect(end).toMatchObject({
      code: 'ETIMEDOUT',
      message: `after of ${ENDPOINT}/ticker: no item came in 50 ms`,
    })
    expect(isLeft).toBe(true)
  })
})

describe.each([
  ['the program’s thread', false],
  ['another host', true],
])(
  'a stream of another node that an actor of %s reads while it handles a message',
  (_, isRelayed) => {
    it('has the deadline of that message', async () => {
      const { ref, other } = await nodes(isRelayed)
      const until = client.clock.now() + 1000
      const asked = codeOf(other.with({ timeoutMs: 1000 }).ask.readFor(ref, [400, 400, 400]))
      await client.advance(999)
      expect(deadline).toBe(until)
      expect(end).toBeUndefined()
      await client.advance(1)
      expect(await asked).toBe('ETIMEDOUT')
      expect(seen).toEqual([400, 400])
      expect(end).toMatchObject({ code: 'ETIMEDOUT' })
      expect(isLeft).toBe(true)
    })
  },
)

it('topics of another node are read though nothing is published for long', async () => {
  const { server, node } = await nodes(false)
  const read = node.topics.subscribe('')
  const next = read.next()
  await client.advance(60_000)
  server.topics.publish('news', 1)
  expect(await next).toEqual({ done: false, value: ['news', 1] })
  await read.return()
})
