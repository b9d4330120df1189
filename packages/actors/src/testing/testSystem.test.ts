import { describe, expect, it } from 'vitest'
import type { ActorContext } from '../host/actorContext.ts'
import type { ActorRef } from '../host/ref.ts'
import { defineActor } from '../definition/definition.ts'
import { createProbe } from './probe.ts'
import { createTestSystem, type TestSystem, type TestSystemOptions } from './testSystem.ts'

const counter = defineActor(import.meta.url, 'counter', (ctx: ActorContext, start: number) => {
  let n = start
  return {
    add(by: number) {
      n += by
    },
    value: () => n,
    begun: () => ctx.incarnation,
    where: () => ctx.host,
    crash() {
      throw new Error('wrong')
    },
    never: () => new Promise<never>(() => undefined),
    async *upTo(limit: number) {
      while (n < limit) yield n++
    },
  }
})

class Complaint extends Error {}

const awkward = defineActor(import.meta.url, 'awkward', () => {
  const kept: unknown[] = []
  return {
    keep(value: unknown) {
      kept.push(value)
    },
    kept: () => kept,
    complain(): void {
      throw new Complaint('no')
    },
    unsendable: () => () => undefined,
  }
})

interface Log {
  note(what: string): void
}

const talker = defineActor(import.meta.url, 'talker', (ctx: ActorContext, log: ActorRef<Log>) => ({
  say(count: number) {
    for (let n = 0; n < count; n++) log.tell.note(`${ctx.name}${n}`)
  },
}))

const system = async (options: TestSystemOptions = {}): Promise<TestSystem> =>
  createTestSystem({ supervision: { backoff: { jitter: 0 } }, ...options })

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'settled',
    (error: { code?: unknown }) => error.code,
  )

/** What two actors on two hosts tell a third, in the order in which it came. */
async function talk(seed: number): Promise<{ came: string[]; trace: readonly unknown[] }> {
  await using here = await system({ seed })
  const probe = await createProbe<Log>(here)
  for (const [index, name] of ['a', 'b'].entries()) {
    const ref = await here.spawn(talker.with({ name, host: here.hosts[index]! }), probe.ref)
    ref.tell.say(5)
  }
  await here.settle()
  const came: string[] = []
  while (probe.waiting > 0) came.push((await probe.expectMessage('note')).args[0])
  return { came, trace: here.trace }
}

describe('a simulated system', () => {
  it('has actors on hosts, as any other', async () => {
    await using here = await system()
    const refs = await Promise.all([1, 2].map((start) => here.spawn(counter, start)))
    expect(await Promise.all(refs.map((ref) => ref.ask.where()))).toEqual(
      expect.arrayContaining([...here.hosts]),
    )
    refs[0]!.tell.add(40)
    await refs[0]!.send.add(1)
    expect(await refs[0]!.ask.value()).toBe(42)
    const items: number[] = []
    for await (const item of refs[0]!.stream.upTo(45)) items.push(item)
    expect(items).toEqual([42, 43, 44])
  })

  it('runs without hosts in the program itself', async () => {
    await using here = await system({ hosts: 0 })
    const ref = await here.spawn(counter, 1)
    expect(await ref.ask.where()).toBe(0)
  })

  it('does the same for the same seed', async () => {
    const one = await talk(3)
    expect(await talk(3)).toEqual(one)
    expect(one.trace.length).toBeGreaterThan(20)
  })

  it('does things in another order for another seed, and keeps the order of each pair', async () => {
    const orders = new Set<string>()
    for (let seed = 1; seed <= 10; seed++) {
      const { came } = await talk(seed)
      for (const name of ['a', 'b'])
        expect(came.filter((what) => what.startsWith(name))).toEqual(
          [0, 1, 2, 3, 4].map((n) => name + n),
        )
      orders.add(came.join())
    }
    expect(orders.size).toBeGreaterThan(3)
  })

  it('says what its steps were', async () => {
    await using here = await system({ hosts: 1 })
    const ref = await here.spawn(counter.with({ name: 'counter' }), 0)
    await here.settle()
    ref.tell.add(1)
    await here.settle()
    const steps = here.trace.map(({ what }) => what)
    expect(steps.slice(-2)).toEqual(['0 → 1: tell add', '1: /counter add'])
  })

  it('gives numbers that follow from its seed', async () => {
    const draw = async (seed: number): Promise<number[]> => {
      await using here = await system({ seed, hosts: 0 })
      return Array.from({ length: 5 }, () => here.draw(1000))
    }
    expect(await draw(5)).toEqual(await draw(5))
    expect(await draw(5)).not.toEqual(await draw(6))
  })

  it.each([{ hosts: -1 }, { hosts: 0.5 }, { seed: NaN }])('refuses %j', async (options) => {
    expect(await codeOf(createTestSystem(options))).toBe('EINVAL')
  })

  it('closes though a handler never ends', async () => {
    const here = await system()
    const ref = await here.spawn(counter, 0)
    const asked = codeOf(ref.with({ timeoutMs: Infinity }).ask.never())
    await here.settle()
    await here.close()
    expect(await asked).toBe('ESTOPPED')
    expect(await codeOf(here.spawn(counter, 0))).toBe('ECLOSED')
  })
})

describe('time', () => {
  it('stands still until it is advanced', async () => {
    await using here = await system()
    const ref = await here.spawn(counter, 0)
    const asked = codeOf(ref.ask.never())
    await here.advance(4999)
    expect(await Promise.race([asked, here.settle()])).toBeUndefined()
    await here.advance(1)
    expect(await asked).toBe('ETIMEDOUT')
  })

  it('has the consequences of what falls due before the next does', async () => {
    const ticking = defineActor(import.meta.url, 'ticking', (ctx, log: ActorRef<Log>) => {
      let n = 0
      const tick = (): void => {
        log.tell.note(`tick ${++n}`)
        ctx.timers.once('tick', 10, tick)
      }
      ctx.timers.once('tick', 10, tick)
      ctx.receiveTimeout(25, () => void log.tell.note('idle'))
      return {}
    })
    await using here = await system({ hosts: 1 })
    const probe = await createProbe<Log>(here)
    await here.spawn(ticking, probe.ref)
    await here.advance(30)
    const came: string[] = []
    while (probe.waiting > 0) came.push((await probe.expectMessage('note')).args[0])
    expect(came).toEqual(['tick 1', 'tick 2', 'idle', 'tick 3'])
  })

  it('may jump, so that what is under way comes in time or too late', async () => {
    const outcomes = new Set<unknown>()
    for (let seed = 1; seed <= 20; seed++) {
      await using here = await system({ seed, hosts: 1 })
      const ref = await here.spawn(counter, 0)
      await here.settle()
      const asked = codeOf(ref.ask.value())
      // It comes there, and is handled: the answer is on its way.
      await here.steps(2)
      await here.jump(5000)
      outcomes.add(await asked)
    }
    expect(outcomes).toEqual(new Set(['settled', 'ETIMEDOUT']))
  })

  it('does not go back', async () => {
    await using here = await system({ hosts: 0 })
    expect(await codeOf(here.advance(-1))).toBe('EINVAL')
  })
})

describe('a fault', () => {
  it('fails what waits for the host, and its actors restart when time goes on', async () => {
    await using here = await system()
    const ref = await here.spawn(counter, 7)
    ref.tell.add(1)
    const host = await ref.ask.where()
    const down = ref.down()
    const asked = codeOf(ref.ask.never())
    await here.settle()
    here.kill(host, { why: 'out of memory' })
    expect(await asked).toBe('EHOSTDOWN')
    expect(await down).toMatchObject({ reason: 'host lost', loss: { why: 'out of memory' } })
    const again = ref.ask.value()
    await here.advance(20)
    expect(await again).toBe(7)
    expect(await ref.ask.where()).not.toBe(host)
    expect(here.hosts).toHaveLength(2)
    expect(here.hosts).not.toContain(host)
  })

  it('is told of as the loss of a thread is', async () => {
    await using here = await system({ hosts: 1 })
    const events: unknown[] = []
    here.events.subscribe((event) => events.push(event))
    const loss = { why: 'exited', exitCode: 3 } as const
    here.kill(1, loss)
    await here.settle()
    expect(events).toContainEqual({ type: 'host lost', host: 1, loss })
  })

  it('loses what a host was the last to say, at times', async () => {
    const counts = new Set<number>()
    for (let seed = 1; seed <= 40; seed++) {
      await using here = await system({ seed, hosts: 1 })
      const probe = await createProbe<Log>(here)
      const ref = await here.spawn(talker, probe.ref)
      await here.settle()
      ref.tell.say(3)
      // It comes there, and is handled.
      await here.steps(2)
      here.kill(1)
      await here.settle()
      counts.add(probe.waiting)
    }
    expect(counts).toEqual(new Set([0, 1, 2, 3]))
  })

  it('is a host that does nothing for a while', async () => {
    await using here = await system({ hosts: 2 })
    const [one, other] = await Promise.all(
      here.hosts.map((host) => here.spawn(counter.with({ host }), 0)),
    )
    const release = here.hold(here.hosts[0]!)
    const slow = codeOf(one!.ask.value())
    expect(await other!.ask.value()).toBe(0)
    await here.advance(4000)
    release()
    expect(await slow).toBe('settled')
  })

  it('befalls no host that is not there, nor the program', async () => {
    await using here = await system({ hosts: 1 })
    for (const host of [0, 2])
      expect(() => here.kill(host)).toThrow(expect.objectContaining({ code: 'ENOHOST' }))
    here.kill(1)
    expect(() => here.hold(1)).toThrow(expect.objectContaining({ code: 'ENOHOST' }))
  })

  it('is seen by supervisors as in any system', async () => {
    await using here = await system()
    const ref = await here.spawn(counter, 0)
    ref.tell.crash()
    const begun = ref.ask.begun()
    await here.settle()
    await here.advance(10)
    expect(await begun).toBe(2)
  })
})

describe('messages within a host', () => {
  const complaint = async (options: TestSystemOptions): Promise<unknown> => {
    await using here = await system({ hosts: 0, ...options })
    const ref = await here.spawn(awkward)
    return ref.ask.complain().catch((error: unknown) => error)
  }

  it('are written and read, as between hosts', async () => {
    const error = await complaint({})
    expect(error).toMatchObject({ message: 'no' })
    expect(error).not.toBeInstanceOf(Complaint)
    expect(await complaint({ alwaysEncode: false })).toBeInstanceOf(Complaint)
  })

  it('share nothing, and hold nothing that cannot be sent', async () => {
    await using here = await system({ hosts: 0 })
    const ref = await here.spawn(awkward)
    const value = { list: [1] }
    ref.tell.keep(value)
    value.list.push(2)
    expect(await ref.ask.kept()).toEqual([{ list: [1] }])
    expect(await codeOf(ref.ask.unsendable())).toBe('EVALUE')
    expect(() => ref.tell.keep(() => undefined)).toThrow(
      expect.objectContaining({ code: 'EVALUE' }),
    )
  })
})
