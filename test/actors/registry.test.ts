import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registryKey, type ActorSystem } from '@ringpost/actors'
import { built } from './built.ts'
import type * as Members from './members.ts'
import { createSystem } from './system.ts'

const { worker, user } = await built<typeof Members>('members')

let system: ActorSystem
beforeAll(async () => {
  system = await createSystem({ hosts: 2 })
})
afterAll(() => system.close())

describe('the registry', () => {
  it('knows an actor by its name, in every thread, until it ends', async () => {
    const named = await system.spawn(user.with({ host: 1 }))
    const other = await system.spawn(user.with({ host: 2 }))
    const key = registryKey<typeof user>('one of a kind')
    await system.registry.register(key, named)
    await system.registry.register(key, named)
    await expect(system.registry.register(key, other)).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(system.registry.join(key, other)).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await other.ask.askBy('one of a kind')).toBe(1)
    const found = await system.registry.find(key)
    expect(found!.equals(named)).toBe(true)
    expect(await found!.ask.host()).toBe(1)

    const changes = system.registry.watch(key)
    expect((await changes.next()).value).toHaveLength(1)
    await named.stop()
    expect((await changes.next()).value).toEqual([])
    await changes.return()
    expect(await system.registry.find(key)).toBeUndefined()
    await system.registry.register(key, other)
    expect(await system.registry.unregister(key, other)).toBe(true)
    expect(await system.registry.unregister(key, other)).toBe(false)
  })

  it('takes a definition as a name', async () => {
    const actor = await system.spawn(worker.with({ host: 2 }), 'registered')
    await system.registry.register(worker, actor)
    const found = await system.registry.find(worker)
    expect(await found!.ask.work(3)).toBe(6)
    await actor.stop()
  })

  it('lets one wait for a name, for so long', async () => {
    const waiting = await system.spawn(user.with({ host: 1 }))
    const asked = waiting.ask.askBy('to come')
    const own = system.registry.waitFor('to come')
    const named = await system.spawn(user.with({ host: 2 }))
    await named.ask.register('to come', named)
    expect(await asked).toBe(2)
    expect((await own).equals(named)).toBe(true)

    await expect(system.registry.waitFor('never', { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'ETIMEDOUT',
    })
    const stop = new AbortController()
    const waited = system.registry.waitFor('never', { signal: stop.signal })
    stop.abort(new RangeError('enough'))
    await expect(waited).rejects.toThrow('enough')
    await expect(system.registry.waitFor('')).rejects.toMatchObject({ code: 'EINVAL' })
  })

  it('shows who joins and leaves a group', async () => {
    const watcher = await system.spawn(user.with({ host: 1 }))
    using seen = system.topics.subscribe<number>('user.watched')
    await seen.ready
    const watched = watcher.ask.watched('group', 4)
    const saw = async (): Promise<number> => (await seen.next()).value![1]
    expect(await saw()).toBe(0)
    const members = await Promise.all([1, 2].map((host) => system.spawn(user.with({ host }))))
    await members[0]!.ask.join('group')
    expect(await saw()).toBe(1)
    await members[1]!.ask.join('group')
    expect(await saw()).toBe(2)
    const refs = await system.registry.list<{ host(): number }>('group')
    expect(await Promise.all(refs.map((ref) => ref.ask.host()))).toEqual([1, 2])
    await members[0]!.stop()
    expect(await watched).toEqual([0, 1, 2, 1])
  })

  it('has pools as well', async () => {
    const pool = await system.pool(worker, { size: 2 }, 'named')
    const key = registryKey<typeof worker>('workers')
    await system.registry.register(key, pool)
    const found = (await system.registry.find(key))!
    expect(await Promise.all([found.ask.work(1), found.ask.work(2)])).toEqual([2, 4])
    const changes = system.registry.watch(key)
    await changes.next()
    await pool.stop()
    expect((await changes.next()).value).toEqual([])
    await changes.return()
  })

  it('ends watches of an actor with the actor', async () => {
    using seen = system.topics.subscribe('user.unwatched')
    await seen.ready
    const watcher = await system.spawn(user.with({ host: 1 }))
    await watcher.ask.watchOn('forgotten')
    await watcher.stop()
    expect((await seen.next()).value).toEqual(['user.unwatched', 'forgotten'])
  })
})
