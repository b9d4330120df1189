import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { ManualClock } from '../testing/manualClock.ts'
import {
  collectDeadLetters,
  define,
  deferred,
  lost,
  refFrom,
  settled,
  startHosts,
} from '../testing/hosts.test-support.ts'
import { WINDOW } from './streamReader.ts'
import { WINDOW_BYTES } from './streamSource.ts'

describe.each([
  ['in its own thread', 1],
  ['on another host', 2],
])('a stream, read %s', (_, count) => {
  /** An actor with a stream of each kind, and what has become of them. */
  async function spawnCounter(clock?: ManualClock) {
    const hosts = startHosts(count, clock)
    const yielded: number[] = []
    const ends: string[] = []
    const next = deferred<number>()
    const definition = define((ctx) => ({
      *numbers(until: number) {
        try {
          for (let n = 0; n < until; n++) {
            yielded.push(n)
            yield n
          }
        } finally {
          ends.push('numbers')
        }
      },
      async *later(until: number) {
        try {
          for (let n = 0; n < until; n++) {
            await Promise.resolve()
            yielded.push(n)
            yield n
          }
        } finally {
          ends.push('later')
        }
      },
      *blocks(bytes: number) {
        for (let n = 0; ; n++) {
          yielded.push(n)
          yield Buffer.alloc(bytes)
        }
      },
      *failing() {
        yield 1
        yield 2
        throw new Error('on the way')
      },
      *unsendable(): Generator<unknown> {
        try {
          yield 1
          yield Symbol('no')
        } finally {
          ends.push('unsendable')
        }
      },
      async *waiting() {
        const { signal } = ctx.message
        signal.addEventListener('abort', () => ends.push('aborted'))
        yield await next.promise
      },
      *broken() {
        try {
          yield 1
        } finally {
          // oxlint-disable-next-line no-unsafe-finally
          throw new Error('in the end')
        }
      },
      plain: () => 'plain',
      resolve: (value: number) => next.resolve(value),
    }))
    const handle = await hosts[0]!.spawn(definition.with({ host: 'here' }), [])
    const ref = refFrom(hosts.at(-1)!, handle)
    return { hosts, handle, ref, yielded, ends, clock }
  }

  it.each(['numbers', 'later'] as const)(
    'brings each item of %s once, in order',
    async (method) => {
      const { ref, ends } = await spawnCounter()
      const items: number[] = []
      for await (const item of ref.stream[method](1000)) items.push(item)
      expect(items).toEqual(Array.from({ length: 1000 }, (__, n) => n))
      expect(ends).toEqual([method])
    },
  )

  it.each(['numbers', 'later'] as const)('lets %s clean up after break', async (method) => {
    const letters = collectDeadLetters()
    const { ref, ends, yielded } = await spawnCounter()
    for await (const item of ref.stream[method](1_000_000)) if (item === 100) break
    await settled()
    expect(ends).toEqual([method])
    expect(yielded.length).toBeLessThanOrEqual(101 + WINDOW)
    expect(letters).toEqual([])
  })

  it('does not begin before it is read, and need not be', async () => {
    const { ref, yielded } = await spawnCounter()
    const stream = ref.stream.numbers(10)
    await settled()
    await stream.return()
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    await settled()
    expect(yielded).toEqual([])
  })

  it('stays within its window when its reader reads no more', async () => {
    const { ref, yielded } = await spawnCounter()
    await ref.stream.numbers(1_000_000).next()
    await settled()
    expect(yielded.length).toBeLessThanOrEqual(1 + WINDOW)
    expect(await ref.ask.plain()).toBe('plain')
  })

  it('stays within its window of bytes', async () => {
    const { ref, yielded } = await spawnCounter()
    const stream = ref.stream.blocks(WINDOW_BYTES / 4)
    await stream.next()
    await settled()
    expect(yielded.length).toBeLessThanOrEqual(5)
    for (let n = 0; n < 100; n++) await stream.next()
    await stream.return()
  })

  it('brings an item that is larger than the window', async () => {
    const { ref } = await spawnCounter()
    const stream = ref.stream.blocks(3 * WINDOW_BYTES)
    for (let n = 0; n < 3; n++) expect((await stream.next()).value).toHaveLength(3 * WINDOW_BYTES)
    await stream.return()
  })

  it('brings the items before an error, then the error, then nothing', async () => {
    const { ref } = await spawnCounter()
    const stream = ref.stream.failing()
    const first = await stream.next()
    await settled()
    expect([first, await stream.next()].map(({ value }) => value)).toEqual([1, 2])
    await expect(stream.next()).rejects.toThrow('on the way')
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('holds up no message while its generator awaits', async () => {
    const { ref } = await spawnCounter()
    const item = ref.stream.waiting().next()
    await settled()
    expect(await ref.ask.plain()).toBe('plain')
    ref.tell.resolve(42)
    expect(await item).toEqual({ done: false, value: 42 })
  })

  it('tells a generator that waits when its reader has gone', async () => {
    const { ref, ends } = await spawnCounter()
    const stream = ref.stream.waiting()
    void stream.next()
    await settled()
    await stream.return()
    await settled()
    expect(ends).toEqual(['aborted'])
  })

  it('fails when the actor stops, and lets the generator clean up', async () => {
    const { ref, handle, ends } = await spawnCounter()
    const stream = ref.stream.later(1_000_000)
    await stream.next()
    await handle.stop()
    const rest = async (): Promise<void> => {
      for await (const item of stream) expect(item).toBeLessThan(WINDOW + 2)
    }
    await expect(rest()).rejects.toMatchObject({ code: 'ESTOPPED' })
    expect(ends).toEqual(['later'])
  })

  it('fails when its reader has waited too long, not when its reader takes its time', async () => {
    const clock = new ManualClock(1000)
    const { ref, ends } = await spawnCounter(clock)
    const stream = ref.with({ timeoutMs: 50 }).stream.waiting()
    const item = stream.next()
    await settled()
    clock.advance(49)
    ref.tell.resolve(1)
    expect(await item).toEqual({ done: false, value: 1 })
    clock.advance(1000)
    expect(await stream.next()).toEqual({ done: true, value: undefined })

    const silent = (await spawnCounter(clock)).ref.with({ timeoutMs: 50 }).stream.waiting()
    const outcome = silent.next().catch((error: unknown) => error)
    await settled()
    clock.advance(50)
    expect(await outcome).toMatchObject({ code: 'ETIMEDOUT' })
    await settled()
    expect(ends).toEqual([])
  })

  it('ends at once with its signal', async () => {
    const { ref, ends } = await spawnCounter()
    const controller = new AbortController()
    const stream = ref.with({ signal: controller.signal }).stream.numbers(1_000_000)
    await stream.next()
    await settled()
    controller.abort()
    await expect(stream.next()).rejects.toBe(controller.signal.reason)
    await settled()
    expect(ends).toEqual(['numbers'])
  })

  it('is refused for a handler that does not stream, and an ask for one that does', async () => {
    const { ref } = await spawnCounter()
    const stream = ref.stream as unknown as { plain(): AsyncGenerator }
    await expect(stream.plain().next()).rejects.toThrow('plain of /1: it does not stream')
    const ask = ref.ask as unknown as { numbers(until: number): Promise<void> }
    await expect(ask.numbers(3)).rejects.toThrow('numbers of /1: it streams')
  })

  it('brings items or an error to each of many readers, whatever they do', async () => {
    const { ref } = await spawnCounter()
    const readers = fc.record({
      method: fc.constantFrom('numbers' as const, 'later' as const),
      until: fc.nat({ max: 300 }),
      takes: fc.nat({ max: 300 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(readers, { minLength: 1, maxLength: 8 }), async (all) => {
        await Promise.all(
          all.map(async ({ method, until, takes }) => {
            const items: number[] = []
            const stream = ref.stream[method](until)
            if (takes > 0) for await (const item of stream) if (items.push(item) === takes) break
            expect(items).toEqual(Array.from({ length: Math.min(until, takes) }, (__, n) => n))
          }),
        )
      }),
      { numRuns: 50 },
    )
  })
})

it('a stream fails when the host of its actor is gone', async () => {
  const [here, there] = startHosts(2)
  const definition = define(() => ({
    async *forever() {
      yield 1
      await new Promise(() => undefined)
    },
  }))
  const handle = await there!.spawn(definition.with({ host: 'here' }), [])
  const stream = refFrom(here!, handle).stream.forever()
  await stream.next()
  const item = stream.next()
  here!.lose(lost(1, new Error('gone')))
  await expect(item).rejects.toMatchObject({ code: 'EHOSTDOWN' })
})
