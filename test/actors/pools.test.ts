import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActorSystem, HandlersOf, Pool, PoolOptions, TopicReader } from '@ringpost/actors'
import { built } from './built.ts'
import type * as Members from './members.ts'
import { createSystem } from './system.ts'

const { worker, user } = await built<typeof Members>('members')

type Workers = Pool<HandlersOf<typeof worker>>

let system: ActorSystem
beforeAll(async () => {
  system = await createSystem({ hosts: 2 })
})
afterAll(() => system.close())

let labels = 0

/** A pool, and what its members tell of themselves. */
async function pooled(options: PoolOptions): Promise<{
  pool: Workers
  readonly heard: (prefix: 'began' | 'ended' | 'holds' | 'noted') => Promise<TopicReader>
}> {
  const label = `w${++labels}`
  const pool = await system.pool(worker, options, label)
  return {
    pool,
    async heard(prefix) {
      const reader = system.topics.subscribe(`${prefix}.${label}`)
      await reader.ready
      return reader
    },
  }
}

/** Lets go whoever holds at that door. */
async function open(door: string): Promise<void> {
  await system.registry.register(door, await system.spawn(user.with({ host: 'here' })))
}

async function take(reader: TopicReader, count: number): Promise<unknown[]> {
  const values: unknown[] = []
  while (values.length < count) {
    const { value } = await reader.next()
    values.push(value![1])
  }
  return values
}

it('has done what it has taken when its system closes', async () => {
  const closing = await createSystem({ hosts: 1 })
  const pool = await closing.pool(worker, { size: 2 }, 'closing')
  const numbers = Array.from({ length: 500 }, (_, n) => n)
  const asked = numbers.map((n) => pool.ask.work(n))
  await closing.close()
  expect(await Promise.all(asked)).toEqual(numbers.map((n) => n * 2))
})

describe('what a pool is asked and has not done in time', () => {
  it.each(['return', 'throw'] as const)(
    'is late when its member has ended it by a %s',
    async (end) => {
      const { pool } = await pooled({ size: 1, prefetch: 1 })
      for (let n = 0; n < 10; n++) {
        const late = pool.with({ timeoutMs: 5 }).ask.patience(end)
        await expect(late).rejects.toMatchObject({ name: 'ActorError', code: 'ETIMEDOUT' })
        expect(await pool.ask.work(n)).toBe(n * 2)
      }
      await pool.stop()
    },
  )

  it('is late also when all members were asked, whoever notices first', async () => {
    const { pool } = await pooled({ size: 2, route: 'broadcast' })
    for (let n = 0; n < 20; n++) {
      const late = pool.with({ timeoutMs: 5 }).ask.patience('throw')
      await expect(late).rejects.toMatchObject({ name: 'ActorError', code: 'ETIMEDOUT' })
    }
    await pool.stop()
  })
})

describe('a pool', () => {
  it('spreads its members over the hosts, and each works', async () => {
    const { pool } = await pooled({ size: 4, route: 'round-robin' })
    expect(pool.size).toBe(4)
    const hosts = await Promise.all(Array.from({ length: 8 }, () => pool.ask.host()))
    expect(hosts.filter((host) => host === 1)).toHaveLength(4)
    expect(hosts.filter((host) => host === 2)).toHaveLength(4)
    await pool.stop()
    await expect(pool.ask.host()).rejects.toMatchObject({ code: 'ENOACTOR' })
  })

  it('has the verbs of a member', async () => {
    await using mine = (await pooled({ size: 2 })).pool
    expect(await mine.ask.work(21)).toBe(42)
    await expect(mine.ask.fail('as told')).rejects.toMatchObject({ message: 'as told' })
    const items: number[] = []
    for await (const n of mine.stream.upTo(200)) items.push(n)
    expect(items).toEqual(Array.from({ length: 200 }, (_, n) => n))
  })

  it.each(['pull', 'round-robin', 'least-loaded', 'hash'] as const)(
    'answers every ask of a burst once, by %s',
    async (route) => {
      await using pool = (await pooled({ size: 3, route })).pool
      const numbers = Array.from({ length: 3000 }, (_, n) => n)
      const answers = await Promise.all(numbers.map((n) => pool.ask.work(n)))
      expect(answers).toEqual(numbers.map((n) => n * 2))
      const { values } = await pool.gather().done()
      expect(values.reduce((sum, n) => sum + n, 0)).toBe(3000)
    },
  )

  it('tells and sends each message to one member, and waits for the end of it when it stops', async () => {
    const { pool, heard } = await pooled({ size: 2 })
    using noted = await heard('noted')
    const numbers: number[] = []
    for (let n = 0; n < 500; n++) {
      // What they say of themselves is dropped where it finds no room on the way to this thread.
      if (n % 50 === 49) numbers.push(...((await take(noted, n - numbers.length)) as number[]))
      if (!pool.tell.note(n)) await pool.send.note(n)
    }
    await pool.stop()
    numbers.push(...((await take(noted, 500 - numbers.length)) as number[]))
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, n) => n))
  })

  it('gives less to a member that is slow', async () => {
    const { pool, heard } = await pooled({ size: 2, prefetch: 1 })
    using holds = await heard('holds')
    const held = pool.ask.hold('slow door')
    await take(holds, 1)
    for (let n = 0; n < 50; n++) await pool.ask.work(n)
    const { values } = await pool.gather({ first: 1 }).done()
    expect(values).toEqual([50])
    await open('slow door')
    await held
    await pool.stop()
  })

  it('pushes back on callers when all members are busy', async () => {
    const { pool, heard } = await pooled({ size: 1, prefetch: 1, waiting: 2 })
    using holds = await heard('holds')
    using noted = await heard('noted')
    const held = pool.ask.hold('busy door')
    await take(holds, 1)
    expect([pool.tell.note(1), pool.tell.note(2), pool.tell.note(3)]).toEqual([true, true, false])
    const sent = pool.send.note(4)
    await expect(pool.with({ timeoutMs: 1 }).send.note(5)).rejects.toMatchObject({
      code: 'ETIMEDOUT',
    })
    await open('busy door')
    await held
    await sent
    expect(await take(noted, 3)).toEqual([1, 2, 4])
    await pool.stop()
  })

  it('gives an ask up that was waiting, or is with a member, and goes on', async () => {
    const { pool, heard } = await pooled({ size: 1, prefetch: 1 })
    using holds = await heard('holds')
    const stop = new AbortController()
    const held = pool.with({ signal: stop.signal }).ask.hold('aborted door')
    const late = pool
      .with({ timeoutMs: 1 })
      .ask.work(1)
      .catch((error: unknown) => error)
    await take(holds, 1)
    expect(await late).toMatchObject({ code: 'ETIMEDOUT' })
    stop.abort(new RangeError('enough'))
    await expect(held).rejects.toThrow('enough')
    const next = pool.ask.work(3)
    await open('aborted door')
    expect(await next).toBe(6)
    await pool.stop()
  })

  it('chooses the member with the least to do', async () => {
    const { pool, heard } = await pooled({ size: 2, route: 'least-loaded' })
    using holds = await heard('holds')
    const held = pool.ask.hold('loaded door')
    await take(holds, 1)
    const hosts = [await pool.ask.host(), await pool.ask.host()]
    await open('loaded door')
    expect(hosts).not.toContain(await held)
    await pool.stop()
  })

  it('gives equal keys to the same member, from every thread', async () => {
    const byValue = await pooled({ size: 2, route: 'hash' })
    const byFunction = await pooled({
      size: 2,
      route: {
        hash: (_, [key]) => (typeof key === 'object' ? (key as { id: string }).id : 'other'),
      },
    })
    const [one, two] = await Promise.all([
      system.spawn(user.with({ host: 1 })),
      system.spawn(user.with({ host: 2 })),
    ])
    const seen = new Set<number>()
    for (let n = 0; n < 16; n++) {
      const key = `key ${n}`
      const host = await byValue.pool.ask.hostOf(key)
      seen.add(host)
      expect(await one.ask.hostOf(byValue.pool, key)).toBe(host)
      expect(await two.ask.hostOf(byValue.pool, key)).toBe(host)
      const other = await byFunction.pool.ask.hostOf({ id: key })
      expect(await one.ask.hostOf(byFunction.pool, { id: key, n })).toBe(other)
    }
    expect(seen).toEqual(new Set([1, 2]))
    // Other messages go through the thread that has the function as well.
    using noted = await byFunction.heard('noted')
    expect(await one.ask.tellOne(byFunction.pool, 5)).toBe(true)
    expect(await take(noted, 1)).toEqual([5])
    expect(await one.ask.sum(byFunction.pool, 100)).toBe(4950)
    await expect(byValue.pool.ask.hostOf({})).rejects.toMatchObject({ code: 'EINVAL' })
    await Promise.all([byValue.pool.stop(), byFunction.pool.stop()])
  })

  it('reaches all members by broadcast, and gathers what they say', async () => {
    const { pool, heard } = await pooled({ size: 3 })
    using noted = await heard('noted')
    expect(pool.broadcast.note(7)).toBe(true)
    expect(await take(noted, 3)).toEqual([7, 7, 7])
    const all = await pool.gather().hostOf('any')
    expect(all.values).toHaveLength(3)
    const failed = await pool.gather().fail('each')
    expect(failed.values).toEqual([])
    expect(failed.errors).toHaveLength(3)
    const late = await pool.gather({ timeoutMs: 1 }).hold('never opened')
    expect([late.values.length, late.errors.length]).toEqual([0, 3])
    await open('never opened')
    await pool.stop()
  })

  it('of the route broadcast tells all, and is answered by the first', async () => {
    const { pool, heard } = await pooled({ size: 2, route: 'broadcast' })
    using noted = await heard('noted')
    expect(pool.tell.note(1)).toBe(true)
    await pool.send.note(2)
    expect((await take(noted, 4)).map(Number).toSorted((a, b) => a - b)).toEqual([1, 1, 2, 2])
    expect([1, 2]).toContain(await pool.ask.host())
    await expect(pool.ask.fail('all of them')).rejects.toBeInstanceOf(AggregateError)
    await expect(pool.stream.upTo(1).next()).rejects.toMatchObject({ code: 'EINVAL' })
    await pool.stop()
  })

  it('is used from other threads, by a ref in a message', async () => {
    await using pool = (await pooled({ size: 2 })).pool
    const far = await system.spawn(user.with({ host: 2 }))
    expect(await far.ask.double(pool, 100)).toEqual(Array.from({ length: 100 }, (_, n) => n * 2))
    expect(await far.ask.sum(pool, 100)).toBe(4950)
    await far.stop()
  })

  it('grows and shrinks while it works, and loses nothing', async () => {
    const { pool } = await pooled({ size: 1 })
    const asked: Promise<number>[] = []
    const sizes = [4, 2, 5, 1, 3]
    for (const size of sizes) {
      for (let n = 0; n < 300; n++) asked.push(pool.ask.work(n))
      const resized = pool.resize(size)
      for (let n = 0; n < 300; n++) asked.push(pool.ask.work(n))
      await resized
      expect(pool.size).toBe(size)
    }
    expect(await Promise.all(asked)).toHaveLength(3000)
    await expect(pool.resize(0)).rejects.toMatchObject({ code: 'EINVAL' })
    await pool.stop()
  })

  it('grows while work waits, and shrinks when it has been idle', async () => {
    const size = { min: 1, max: 3, growAfterMs: 2, idleMs: 5 }
    const { pool, heard } = await pooled({ size, prefetch: 1 })
    using began = await heard('began')
    using ended = await heard('ended')
    const held = Array.from({ length: 5 }, () => pool.ask.hold('elastic door'))
    await take(began, 2)
    await open('elastic door')
    await Promise.all(held)
    await take(ended, 2)
    expect(await pool.ask.work(2)).toBe(4)
    await pool.stop()
  })

  it('replaces members that leave', async () => {
    const { pool, heard } = await pooled({ size: 2 })
    using began = await heard('began')
    pool.broadcast.leave()
    await take(began, 2)
    expect(await Promise.all([pool.ask.work(1), pool.ask.work(2)])).toEqual([2, 4])
    await pool.stop()
  })

  it('is over when its last member has left and is not to be replaced', async () => {
    const { pool } = await pooled({ size: 2, replace: 'never' })
    pool.broadcast.leave()
    await expect(pool.with({ timeoutMs: Infinity }).ask.hold('no door')).rejects.toMatchObject({
      code: 'ENOACTOR',
    })
  })

  it('refuses what makes no sense', async () => {
    await expect(pooled({ size: 0 })).rejects.toMatchObject({ code: 'EINVAL' })
    await expect(pooled({ size: { min: 3, max: 2 } })).rejects.toMatchObject({ code: 'EINVAL' })
    await expect(pooled({ route: 'random' as never })).rejects.toMatchObject({ code: 'EINVAL' })
    await expect(pooled({ prefetch: 0 })).rejects.toMatchObject({ code: 'EINVAL' })
  })
})
