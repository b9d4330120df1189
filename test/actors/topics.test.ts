import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActorSystem, TopicReader } from '@ringpost/actors'
import { built } from './built.ts'
import type * as Members from './members.ts'
import { createSystem } from './system.ts'

const { user } = await built<typeof Members>('members')

let system: ActorSystem
beforeAll(async () => {
  system = await createSystem({ hosts: 2 })
})
afterAll(() => system.close())

async function take<T>(reader: TopicReader<T>, count: number): Promise<[string, T][]> {
  const items: [string, T][] = []
  while (items.length < count) items.push((await reader.next()).value!)
  return items
}

describe('topics', () => {
  it('bring what is published in any thread to those who want its prefix', async () => {
    using heard = system.topics.subscribe<[number, string, unknown]>('user.heard')
    using all = system.topics.subscribe('news.')
    await Promise.all([heard.ready, all.ready])
    const [one, two] = await Promise.all([1, 2].map((host) => system.spawn(user.with({ host }))))
    await one!.ask.subscribe('news.sport')
    await two!.ask.subscribe('news.')
    await one!.ask.publish('news.sport.chess', { score: [1, 0] })
    await two!.ask.publish('news.weather', 'rain')
    await two!.ask.publish('old news', 'nobody wants it')
    system.topics.publish('news.sport', 3)

    const items = (await take(heard, 5)).map(([, value]) => value)
    expect(items.filter(([host]) => host === 1)).toEqual([
      [1, 'news.sport.chess', { score: [1, 0] }],
      [1, 'news.sport', 3],
    ])
    expect(
      items
        .filter(([host]) => host === 2)
        .map(([, topic]) => topic)
        .toSorted(),
    ).toEqual(['news.sport', 'news.sport.chess', 'news.weather'])
    expect((await take(all, 3)).map(([topic]) => topic).toSorted()).toEqual([
      'news.sport',
      'news.sport.chess',
      'news.weather',
    ])
    await Promise.all([one!.stop(), two!.stop()])
  })

  it('keep the order of one publisher', async () => {
    using numbers = system.topics.subscribe<number>('numbers')
    await numbers.ready
    const publisher = await system.spawn(user.with({ host: 1 }))
    const items: [string, number][] = []
    // No more at a time than there is room for on the way, if this thread gets no time: the rest would be dropped.
    for (let n = 0; n < 500; n += 50) {
      for (let i = 0; i < 50; i++) publisher.tell.publish('numbers', n + i)
      items.push(...(await take(numbers, 50)))
    }
    expect(items.map(([, n]) => n)).toEqual(Array.from({ length: 500 }, (_, n) => n))
    await publisher.stop()
  })

  it('begin with last values where these are wanted', async () => {
    const [one, two] = await Promise.all([1, 2].map((host) => system.spawn(user.with({ host }))))
    // Which of two threads' items is the newer one is decided where they arrive.
    using arriving = system.topics.subscribe('kept.')
    await arriving.ready
    await one!.ask.publish('kept.a', 'older', true)
    await one!.ask.publish('kept.b', 'b', true)
    await one!.ask.publish('kept.c', 'not kept')
    await take(arriving, 3)
    await two!.ask.publish('kept.a', 'newer', true)
    await take(arriving, 1)
    system.topics.publish('kept.d', 'own', { keep: true })

    using last = system.topics.subscribe('kept.', { last: true })
    await last.ready
    expect(await take(last, 3)).toEqual([
      ['kept.b', 'b'],
      ['kept.a', 'newer'],
      ['kept.d', 'own'],
    ])
    using without = system.topics.subscribe('kept.')
    await without.ready
    system.topics.publish('kept.e', 'live')
    expect(await take(without, 1)).toEqual([['kept.e', 'live']])

    using heard = system.topics.subscribe<[number, string, unknown]>('user.heard')
    await heard.ready
    await one!.ask.subscribe('kept.d', true)
    expect(await take(heard, 1)).toEqual([['user.heard', [1, 'kept.d', 'own']]])
    await Promise.all([one!.stop(), two!.stop()])
  })

  it('drop what is too much for a slow reader, and count it', async () => {
    using slow = system.topics.subscribe<number>('flood', { limit: 10 })
    using quick = system.topics.subscribe<number>('flood')
    for (let n = 0; n < 100; n++) system.topics.publish('flood', n)
    expect(slow.dropped).toBe(90)
    expect((await take(slow, 10)).map(([, n]) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(quick.dropped).toBe(0)
    expect(quick.length).toBe(100)
  })

  it('drop what is too much for a thread that does not keep up', async () => {
    const busy = await system.spawn(user.with({ host: 2 }))
    await busy.ask.subscribe('large')
    const folder = await mkdtemp(join(tmpdir(), 'topics-'))
    const fifo = join(folder, 'fifo')
    execFileSync('mkfifo', [fifo])
    const blocked = busy.ask.block(fifo)
    const before = system.topics.dropped
    const value = Buffer.alloc(32 * 1024)
    while (system.topics.dropped === before) system.topics.publish('large', value)
    expect(system.topics.dropped).toBe(before + 1)
    await writeFile(fifo, '')
    await blocked
    await rm(folder, { recursive: true })
    await busy.stop()
  })

  it('give each subscriber a value of its own', () => {
    using one = system.topics.subscribe<number[]>('shared')
    using two = system.topics.subscribe<number[]>('shared')
    const value = [1]
    system.topics.publish('shared', value)
    value.push(2)
    return Promise.all([one.next(), two.next()]).then(([first, second]) => {
      expect([first.value![1], second.value![1]]).toEqual([[1], [1]])
      expect(first.value![1]).not.toBe(second.value![1])
    })
  })

  it('end with the actor, or when closed', async () => {
    using heard = system.topics.subscribe<[number, string, unknown]>('user.heard')
    await heard.ready
    const [ending, staying] = await Promise.all(
      [1, 1].map((host) => system.spawn(user.with({ host }))),
    )
    await ending!.ask.subscribe('ends')
    await staying!.ask.subscribe('ends.')
    await ending!.stop()
    await staying!.ask.publish('ends.', 'once')
    expect(await take(heard, 1)).toEqual([['user.heard', [1, 'ends.', 'once']]])
    await staying!.stop()

    const closed = system.topics.subscribe('closed')
    const next = closed.next()
    closed.close()
    system.topics.publish('closed', 1)
    expect(await next).toEqual({ done: true, value: undefined })
    expect(await closed.next()).toEqual({ done: true, value: undefined })
  })

  it('refuse what makes no sense', () => {
    expect(() => system.topics.publish(1 as never, 1)).toThrow('A topic is a string')
    expect(() => system.topics.subscribe(1 as never)).toThrow('A prefix is a string')
    expect(() => system.topics.subscribe('x', { limit: 0 })).toThrow('limit must be')
  })
})
