import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
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

  it('has the time of the program, whatever the calendar said when its process began', async () => {
    // A minute ahead, as where the calendar was set, or the machine has slept, after the program began.
    const setForward = `
      if (process.argv[1]?.endsWith('processMain.js')) process.env.IS_AHEAD = 'yes'
      const timeOrigin = performance.timeOrigin + 60_000
      if (process.env.IS_AHEAD) Object.defineProperty(performance, 'timeOrigin', { value: timeOrigin })
    `
    const url = `data:text/javascript,${encodeURIComponent(setForward)}`
    vi.stubEnv('NODE_OPTIONS', `${process.env['NODE_OPTIONS'] ?? ''} --import=${url}`)
    try {
      await using late = await createSystem({ isolation: 'process', hosts: 1, logger: false })
      const actor = await late.spawn(fragile, 5)
      expect(await actor.ask.origin()).toBeGreaterThan(performance.timeOrigin + 50_000)
      // Its deadline is 5 seconds from now.
      expect(await actor.ask.value()).toBe(5)
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('refuses an isolation that there is not', async () => {
    await expect(createSystem({ isolation: 'node' as never })).rejects.toMatchObject({
      code: 'EINVAL',
    })
  })
})
