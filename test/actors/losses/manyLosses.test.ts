import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ActorSystem, HostEvent, TopicReader } from '@ringpost/actors'
import { built } from '../built.ts'
import type * as Members from '../members.ts'
import { createSystem } from '../system.ts'

const { worker, user } = await built<typeof Members>('members')

let system: ActorSystem
beforeEach(async () => {
  system = await createSystem({ hosts: 2 })
})
afterEach(() => system.close())

async function listen(prefix: string): Promise<TopicReader> {
  const reader = system.topics.subscribe(prefix)
  await reader.ready
  return reader
}

async function take(reader: TopicReader, count: number): Promise<unknown[]> {
  const values: unknown[] = []
  while (values.length < count) values.push((await reader.next()).value![1])
  return values
}

async function open(door: string): Promise<void> {
  await system.registry.register(door, await system.spawn(user.with({ host: 'here' })))
}

async function killHost(host: number): Promise<void> {
  const killer = await system.spawn(worker.with({ host }), 'killer')
  const down = killer.down()
  killer.tell.exit(3)
  await down
}

function nextHost(): Promise<number> {
  return new Promise((resolve) => {
    subscribe('ringpost.actors.host', function listener(event) {
      const { event: what, host } = event as HostEvent
      if (what !== 'begun') return
      unsubscribe('ringpost.actors.host', listener)
      resolve(host)
    })
  })
}

describe('a pool whose members lose their host', () => {
  it('fails what that host had, and puts other members in their place', async () => {
    using began = await listen('began.lost')
    using holds = await listen('holds.lost')
    const pool = await system.pool(worker, { size: 2, prefetch: 1 }, 'lost')
    expect(new Set(await take(began, 2))).toEqual(new Set([1, 2]))
    const ends = await Promise.all([system.spawn(worker.with({ host: 1 }), 'x'), pool.ask.host()])
    const held = Promise.allSettled([pool.ask.hold('lost door'), pool.ask.hold('lost door')])
    await take(holds, 2)
    ends[0].tell.exit(3)
    const [next] = await take(began, 1)
    expect(next).toBe(2)
    await open('lost door')
    const codes = (await held).map((end) =>
      end.status === 'fulfilled' ? end.value : (end.reason as { code: string }).code,
    )
    expect(new Set(codes)).toEqual(new Set([2, 'EHOSTDOWN']))
    expect(await Promise.all([pool.ask.host(), pool.ask.host()])).toEqual([2, 2])
  })

  it('hands on what was lost when it may be done twice, and answers each once', async () => {
    using holds = await listen('holds.retried')
    const options = { size: 2, prefetch: 2, retryLost: 1 }
    const pool = await system.pool(worker, options, 'retried')
    const killer = await system.spawn(worker.with({ host: 1 }), 'killer')
    const held = [pool.ask.hold('retried door'), pool.ask.hold('retried door')]
    const asked = Array.from({ length: 200 }, (_, n) => pool.ask.work(n))
    await take(holds, 2)
    const down = killer.down()
    killer.tell.exit(3)
    await down
    // The other member has to be let go before it can take over.
    await open('retried door')
    expect(await Promise.all(held)).toEqual([2, 2])
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 200 }, (_, n) => n * 2))
  })

  it('gives up what kills each host that has it', async () => {
    const pool = await system.pool(worker, { size: 2, retryLost: 1 }, 'killed')
    await expect(pool.ask.exit(3)).rejects.toMatchObject({ code: 'EHOSTDOWN' })
  })

  it('is gone for other threads when the thread that made it is', async () => {
    const maker = await system.spawn(user.with({ host: 1 }))
    const pool = await maker.ask.make(2)
    expect(await pool.ask.work(1)).toBe(2)
    const killer = await system.spawn(worker.with({ host: 1 }), 'killer')
    killer.tell.exit(3)
    await expect(maker.ask.host()).rejects.toMatchObject({ code: 'EHOSTDOWN' })
    await expect(pool.ask.work(1)).rejects.toMatchObject({ code: 'EHOSTDOWN' })
  })
})

describe('when a host is lost', () => {
  it('its actors keep their names on another, and its watches end', async () => {
    const moved = await system.spawn(user.with({ host: 1 }))
    const stays = await system.spawn(user.with({ host: 2 }))
    await moved.ask.watchOn('of a lost host')
    await moved.ask.join('of a lost host')
    await stays.ask.join('of a lost host')
    const changes = system.registry.watch<typeof user>('of a lost host')
    expect((await changes.next()).value).toHaveLength(2)
    await killHost(1)
    const [first, second] = (await changes.next()).value!
    expect(await first!.ask.host()).not.toBe(1)
    expect(second!.equals(stays)).toBe(true)
    await changes.return()
  })

  it('who takes its place hears of topics that were subscribed before, and of what it wanted nothing more', async () => {
    const heard = await listen('user.heard')
    const gone = await system.spawn(user.with({ host: 1 }))
    await gone.ask.subscribe('news')
    const begun = nextHost()
    await killHost(1)
    const replaced = await system.spawn(user.with({ host: await begun }))
    const before = system.topics.dropped
    system.topics.publish('news', 'nobody hears it')
    await replaced.ask.publish('user.heard', 'from the new host')
    expect(await take(heard, 1)).toEqual(['from the new host'])
    expect(system.topics.dropped).toBe(before)
  })
})
