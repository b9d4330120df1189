import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSystem, type ActorSystem } from '@ringpost/actors'
import { fragile } from '../dist/actors/processActors.js'

let system: ActorSystem

beforeAll(async () => {
  system = await createSystem({ isolation: 'process', hosts: 2, logger: false })
})

afterAll(() => system.close())

/** An actor on each host. */
async function onEach() {
  const [here, there] = system.hosts
  return {
    one: await system.spawn(fragile.with({ host: here! }), 5),
    other: await system.spawn(fragile.with({ host: there! }), 1),
  }
}

describe('a host that is a process', () => {
  it('has actors that are told, sent to, asked and read, each in its own process', async () => {
    const { one, other } = await onEach()
    await using _ = one
    await using __ = other
    const processes = [process.pid, await one.ask.process(), await other.ask.process()]
    expect(new Set(processes).size).toBe(3)
    expect(one.tell.add(1)).toBe(true)
    await one.send.add(1)
    const items: number[] = []
    for await (const item of one.stream.upTo(10)) items.push(item)
    expect(items).toEqual([7, 8, 9])
    expect(await one.ask.value()).toBe(10)
  })

  it('is lost when it is killed, and its actors begin anew on another; the rest goes on', async () => {
    const { one, other } = await onEach()
    await using _ = one
    await using __ = other
    other.tell.add(1)
    const place = await one.ask.place()
    const down = one.down()
    one.tell.signal('SIGKILL')
    expect(await down).toMatchObject({
      reason: 'host lost',
      host: place,
      loss: { why: 'killed', signal: 'SIGKILL' },
      error: { code: 'EHOSTDOWN' },
    })
    expect(await one.ask.value()).toBe(5)
    expect(await one.ask.place()).not.toBe(place)
    expect(await other.ask.value()).toBe(2)
  })

  it('refuses an isolation that there is not', async () => {
    await expect(createSystem({ isolation: 'node' as never })).rejects.toMatchObject({
      code: 'EINVAL',
    })
  })
})
