import { describe, expect, it, onTestFinished } from 'vitest'
import { define } from '../testing/hosts.test-support.ts'
import { createTestSystem } from '../testing/testSystem.ts'

const numbers = define(() => ({
  async *from(first: number): AsyncGenerator<number> {
    for (let n = first; ; n++) yield n
  },
}))

/** An actor whose host is lost, and which is restarted on another 20 seconds later. */
async function lostActor() {
  const system = await createTestSystem({
    hosts: 2,
    supervision: { backoff: { firstMs: 20_000, maxMs: 20_000, jitter: 0 } },
  })
  onTestFinished(() => system.close())
  const ref = await system.spawn(numbers.with({ host: system.hosts[0]! }))
  system.kill(system.hosts[0]!)
  await system.settle()
  return { system, ref }
}

const errorFrom = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('a stream of an actor that is being restarted elsewhere', () => {
  it('waits until it is there, however long that takes', async () => {
    const { system, ref } = await lostActor()
    const items = ref.stream.from(7)
    const first = items.next()
    await system.advance(20_000)
    expect(await first).toEqual({ done: false, value: 7 })
    expect(await items.next()).toEqual({ done: false, value: 8 })
    expect(await items.return()).toEqual({ done: true, value: undefined })
    expect(await items.next()).toEqual({ done: true, value: undefined })
  })

  it('waits no longer than it may', async () => {
    const { system, ref } = await lostActor()
    const first = errorFrom(ref.with({ timeoutMs: 50 }).stream.from(7).next())
    await system.advance(50)
    expect(await first).toMatchObject({ code: 'ETIMEDOUT' })
  })

  it('ends with its signal, before and after it is there', async () => {
    const { system, ref } = await lostActor()
    const controller = new AbortController()
    const { signal } = controller
    const started = ref.with({ signal: AbortSignal.any([signal]) }).stream.from(7)
    const first = started.next()
    await system.advance(20_000)
    await first
    const early = new AbortController()
    const again = (await lostActor()).ref.with({ signal: early.signal }).stream.from(7).next()
    early.abort('early')
    expect(await errorFrom(again)).toBe('early')
    controller.abort('late')
    expect(await errorFrom(started.next())).toBe('late')
  })

  it('can be left while it waits', async () => {
    const { ref } = await lostActor()
    const items = ref.stream.from(7)
    const first = items.next()
    expect(await items.return()).toEqual({ done: true, value: undefined })
    expect(await first).toEqual({ done: true, value: undefined })
  })
})
