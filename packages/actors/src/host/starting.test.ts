import { describe, expect, it } from 'vitest'
import { define, deferred, settled, startHosts } from '../testing/hosts.test-support.ts'
import { ManualClock } from '../testing/manualClock.ts'

/** Its factory never settles; says when it was told to end. */
function hanging() {
  const ended = deferred()
  const definition = define(async (ctx) => {
    ctx.signal.addEventListener('abort', () => ended.resolve())
    await new Promise(() => {})
    return {}
  })
  return { definition, ended: ended.promise }
}

describe.each([
  ['on this host', 0],
  ['on another', 1],
] as const)('an actor that does not become ready, %s', (_, host) => {
  const start = () => {
    const clock = new ManualClock()
    const hosts = startHosts(2, clock)
    hosts[0]!.placeAt({ places: [{ host: 1, seat: 1 }], isExpecting: false })
    return { clock, hosts, host: hosts[0]! }
  }

  it('is given up in time, and leaves its name', async () => {
    const { clock, host: own, hosts } = start()
    const { definition, ended } = hanging()
    const spawned = own.spawn(definition.with({ host, name: 'late' }), [])
    await settled()
    clock.advance(29_999)
    await settled()
    expect(hosts[host]!.actors).toBe(1)
    clock.advance(1)
    await expect(spawned).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      message: '/late is not ready in time',
    })
    await ended
    await settled()
    expect(hosts[host]!.actors).toBe(0)
    await own.spawn(define(() => ({})).with({ host, name: 'late' }), [])
  })

  it('may be given less time', async () => {
    const { clock, host: own } = start()
    const { definition } = hanging()
    const spawned = own.spawn(definition.with({ host, startTimeoutMs: 5 }), [])
    await settled()
    clock.advance(5)
    await expect(spawned).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  })

  it('is given up by a signal, and stopped when it is ready after all', async () => {
    const { host: own, hosts } = start()
    const ready = deferred()
    const begun = deferred()
    const definition = define(async () => {
      begun.resolve()
      await ready.promise
      return {}
    })
    const controller = new AbortController()
    const reason = new Error('not any more')
    const spawned = own.spawn(definition.with({ host, signal: controller.signal }), [])
    await begun.promise
    controller.abort(reason)
    await expect(spawned).rejects.toBe(reason)
    ready.resolve()
    await settled()
    expect(hosts[host]!.actors).toBe(0)
    await expect(own.spawn(definition.with({ host, signal: controller.signal }), [])).rejects.toBe(
      reason,
    )
  })

  it('ends with the system', async () => {
    const { clock, host: own, hosts } = start()
    const { definition } = hanging()
    const spawned = own.spawn(definition.with({ host }), []).catch((error: unknown) => error)
    await settled()
    const stopped = hosts[host]!.stopActors({ drain: false, graceMs: 10 })
    await settled()
    clock.advance(10)
    await stopped
    expect(await spawned).toMatchObject({ code: 'ESTOPPED' })
  })
})

describe('an actor that does not become ready again', () => {
  it('has failed once more', async () => {
    const clock = new ManualClock()
    const [host] = startHosts(1, clock)
    const definition = define(
      async (ctx) => {
        if (ctx.incarnation === 2) await new Promise(() => {})
        return {
          fail(): void {
            throw new Error('once')
          },
          begun: () => ctx.incarnation,
        }
      },
      { startTimeoutMs: 100 },
    )
    const ref = await host!.spawn(definition, [])
    ref.tell.fail()
    await settled()
    // The first restart, its time, and the second.
    for (const byMs of [20, 100, 50]) {
      clock.advance(byMs)
      await settled()
    }
    expect(await ref.ask.begun()).toBe(3)
  })
})

describe('options of a start', () => {
  it('are checked', () => {
    const definition = define(() => ({}))
    for (const startTimeoutMs of [-1, NaN, '5'])
      expect(() => definition.with({ startTimeoutMs: startTimeoutMs as number })).toThrow(
        'startTimeoutMs',
      )
    expect(() => definition.with({ signal: {} as never })).toThrow('signal')
  })
})
