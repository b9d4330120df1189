import { describe, expect, it } from 'vitest'
import type { SystemEvent } from './events.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { define, deferred, settled, startHosts } from '../testing/hosts.test-support.ts'

describe('become', () => {
  it('handles what follows with other handlers', async () => {
    const [host] = startHosts(1)
    const definition = define((ctx) => ({
      turn() {
        ctx.become({ turn: () => 'turned' })
        return 'turning'
      },
    }))
    const ref = await host!.spawn(definition, [])
    expect(await Promise.all([ref.ask.turn(), ref.ask.turn()])).toEqual(['turning', 'turned'])
  })

  it('is refused without handlers, and while the factory runs', async () => {
    const [host] = startHosts(1)
    const early = define((ctx) => {
      ctx.become({})
      return {}
    })
    await expect(host!.spawn(early, [])).rejects.toMatchObject({ code: 'EINVAL' })
    const wrong = define((ctx) => ({ turn: () => ctx.become(null as never) }))
    const ref = await host!.spawn(wrong, [])
    await expect(ref.ask.turn()).rejects.toMatchObject({ code: 'EINVAL' })
  })
})

describe('stash', () => {
  const opening = (mailbox: number) =>
    define(
      (ctx) => {
        const done: unknown[] = []
        return {
          work(value: unknown): unknown {
            ctx.stash()
            return value
          },
          fail(): unknown {
            ctx.stash()
            throw new Error('not kept')
          },
          open(): unknown {
            ctx.become({
              work: (value: unknown) => {
                done.push(value)
                return value
              },
              fail: () => 'kept',
              done: () => done,
            })
            ctx.unstash()
            return undefined
          },
          done: (): unknown[] => done,
        }
      },
      { mailbox },
    )

  it('puts messages aside until they are handled before all others', async () => {
    const [host] = startHosts(1)
    const ref = await host!.spawn(opening(100), [])
    const answers = [1, 2, 3].map((value) => ref.ask.work(value))
    await settled()
    ref.tell.open()
    ref.tell.work(4)
    expect(await Promise.all(answers)).toEqual([1, 2, 3])
    expect(await ref.ask.done()).toEqual([1, 2, 3, 4])
  })

  it('keeps no more than the mailbox', async () => {
    const [host] = startHosts(1)
    const ref = await host!.spawn(opening(2), [])
    const kept = [ref.ask.work(1), ref.ask.work(2)]
    await settled()
    await expect(ref.ask.work(3)).rejects.toMatchObject({ code: 'EOVERFLOW' })
    ref.tell.open()
    expect(await Promise.all(kept)).toEqual([1, 2])
  })

  it('does not keep a message whose handler throws', async () => {
    const [host] = startHosts(1)
    const ref = await host!.spawn(opening(2), [])
    await expect(ref.ask.fail()).rejects.toThrow('not kept')
    ref.tell.open()
    expect(await ref.ask.done()).toEqual([])
  })

  it('is answered when the actor stops, or its asker gives up', async () => {
    const [host] = startHosts(1)
    const ref = await host!.spawn(opening(2), [])
    const controller = new AbortController()
    const withdrawn = ref.with({ signal: controller.signal }).ask.work(1)
    await settled()
    controller.abort('enough')
    await expect(withdrawn).rejects.toBe('enough')
    const answers = Promise.allSettled([ref.ask.work(2), ref.ask.work(3)])
    await settled()
    await ref.stop()
    const stopped = { status: 'rejected', reason: expect.objectContaining({ code: 'ENOACTOR' }) }
    expect(await answers).toEqual([stopped, stopped])
  })
})

describe('concurrency', () => {
  const held = (concurrency: number) => {
    const started: number[] = []
    const gates = [deferred(), deferred(), deferred(), deferred()]
    const definition = define(
      (ctx) => ({
        async work(n: number) {
          const { signal } = ctx.message
          started.push(n)
          await gates[n]!.promise
          return signal.aborted ? 'withdrawn' : n
        },
      }),
      { concurrency },
    )
    return { definition, started, gates }
  }

  it('is one message at a time, awaits included, unless an actor allows more', async () => {
    const [host] = startHosts(1)
    const { definition, started, gates } = held(1)
    const ref = await host!.spawn(definition, [])
    const answers = [0, 1].map((n) => ref.ask.work(n))
    await settled()
    expect(started).toEqual([0])
    gates[0]!.resolve()
    gates[1]!.resolve()
    expect(await Promise.all(answers)).toEqual([0, 1])
  })

  it('has as many under way as it may', async () => {
    const [host] = startHosts(1)
    const { definition, started, gates } = held(2)
    const ref = await host!.spawn(definition, [])
    const answers = [0, 1, 2].map((n) => ref.ask.work(n))
    await settled()
    expect(started).toEqual([0, 1])
    gates[1]!.resolve()
    expect(await answers[1]).toBe(1)
    await settled()
    expect(started).toEqual([0, 1, 2])
    gates[0]!.resolve()
    gates[2]!.resolve()
    expect(await Promise.all(answers)).toEqual([0, 1, 2])
  })

  it('stops when all that is under way is done', async () => {
    const [host] = startHosts(1)
    const { definition, gates } = held(Infinity)
    const ref = await host!.spawn(definition, [])
    const answers = [0, 1].map((n) => ref.ask.work(n))
    await settled()
    let isGone = false
    const gone = ref.stop().then(() => (isGone = true))
    gates[0]!.resolve()
    await settled()
    expect(isGone).toBe(false)
    gates[1]!.resolve()
    await gone
    expect(await Promise.all(answers)).toEqual([0, 1])
  })

  it('tells each handler when its own asker gives up', async () => {
    const [host] = startHosts(1)
    const seen: unknown[] = []
    const gate = deferred()
    const definition = define(
      (ctx) => ({
        async work(n: number) {
          const { signal } = ctx.message
          await gate.promise
          seen.push([n, signal.aborted])
        },
      }),
      { concurrency: 3 },
    )
    const ref = await host!.spawn(definition, [])
    const controller = new AbortController()
    const answers = Promise.allSettled([
      ref.ask.work(0),
      ref.with({ signal: controller.signal }).ask.work(1),
      ref.ask.work(2),
    ])
    await settled()
    controller.abort()
    gate.resolve()
    await answers
    expect(seen).toEqual([
      [0, false],
      [1, true],
      [2, false],
    ])
  })
})

describe('a priority mailbox', () => {
  it('handles urgent messages first, each kind in its order', async () => {
    const [host] = startHosts(1)
    const gate = deferred()
    const seen: string[] = []
    const definition = define(() => ({
      hold: () => gate.promise,
      plain: (n: number) => void seen.push(`plain ${n}`),
      urgent: (n: number) => void seen.push(`urgent ${n}`),
    }))
    const ref = await host!.spawn(definition.with({ urgent: ['urgent'] }), [])
    ref.tell.hold()
    await settled()
    for (const n of [1, 2]) {
      ref.tell.plain(n)
      ref.tell.urgent(n)
    }
    gate.resolve()
    await settled()
    expect(seen).toEqual(['urgent 1', 'urgent 2', 'plain 1', 'plain 2'])
  })

  it('asks a function of the definition, whose failure is that of the message', async () => {
    const [host] = startHosts(1)
    const gate = deferred()
    const seen: number[] = []
    const definition = define(
      () => ({ hold: () => gate.promise, note: (lane: number) => void seen.push(lane) }),
      { priority: (method, [lane]) => (method === 'hold' ? 0 : (lane as number)) },
    )
    const ref = await host!.spawn(definition, [])
    ref.tell.hold()
    await settled()
    for (const lane of [0, 3, 7, 3]) ref.tell.note(lane)
    await expect(ref.ask.note(8)).rejects.toMatchObject({ code: 'EINVAL' })
    gate.resolve()
    await settled()
    expect(seen).toEqual([7, 3, 3, 0])
  })
})

describe('timers', () => {
  async function spawnTimed() {
    const clock = new ManualClock(1000)
    const [host] = startHosts(1, clock)
    const fired: string[] = []
    const gate = deferred()
    const definition = define((ctx) => ({
      once: (key: string, delayMs: number, what: string) =>
        ctx.timers.once(key, delayMs, () => fired.push(what)),
      every: (key: string, periodMs: number) =>
        ctx.timers.every(key, periodMs, () => fired.push(`${key} ${clock.now()}`)),
      cancel: (key: string) => ctx.timers.cancel(key),
      idle: (delayMs: number) =>
        ctx.receiveTimeout(delayMs, () => fired.push(`idle ${clock.now()}`)),
      hold: () => gate.promise,
      touch: () => undefined,
      throws: () => ctx.timers.once('throws', 1, () => Promise.reject(new Error('at its time'))),
    }))
    const ref = await host!.spawn(definition, [])
    const advance = async (byMs: number): Promise<void> => {
      clock.advance(byMs)
      await settled()
    }
    return { ref, host, clock, fired, gate, advance }
  }

  it('act once, and only the latest of a key', async () => {
    const { ref, fired, advance } = await spawnTimed()
    await ref.ask.once('a', 10, 'first')
    await ref.ask.once('a', 20, 'second')
    await ref.ask.once('b', 15, 'other')
    await advance(100)
    expect(fired).toEqual(['other', 'second'])
  })

  it('that were due do not act when they are replaced or cancelled before their turn', async () => {
    const { ref, fired, gate, advance } = await spawnTimed()
    await ref.ask.once('a', 10, 'stale')
    await ref.ask.once('b', 10, 'stale')
    ref.tell.hold()
    await settled()
    ref.tell.touch()
    await advance(10)
    expect(fired).toEqual([])
    gate.resolve()
    await settled()
    expect(fired).toEqual(['stale', 'stale'])

    const other = await spawnTimed()
    await other.ref.ask.every('a', 10)
    expect(await other.ref.ask.cancel('a')).toBe(true)
    expect(await other.ref.ask.cancel('a')).toBe(false)
    await other.advance(100)
    expect(other.fired).toEqual([])
  })

  it('act again and again at an even rate; what is missed does not pile up', async () => {
    const { ref, fired, gate, advance } = await spawnTimed()
    await ref.ask.every('a', 10)
    await advance(10)
    await advance(10)
    ref.tell.hold()
    await settled()
    await advance(35)
    gate.resolve()
    await settled()
    await advance(5)
    expect(fired).toEqual(['a 1010', 'a 1020', 'a 1055', 'a 1060'])
  })

  it('end with their actor', async () => {
    const { ref, fired, advance } = await spawnTimed()
    await ref.ask.every('a', 10)
    await ref.ask.idle(10)
    await ref.stop()
    await advance(100)
    expect(fired).toEqual([])
  })

  it('refuse what is no time', async () => {
    const { ref } = await spawnTimed()
    await expect(ref.ask.once('a', -1, '')).rejects.toMatchObject({ code: 'EINVAL' })
    await expect(ref.ask.every('a', 0)).rejects.toMatchObject({ code: 'EINVAL' })
    await expect(ref.ask.idle(Number.NaN)).rejects.toMatchObject({ code: 'EINVAL' })
  })

  it('that throw are failures of the actor', async () => {
    const { ref, host, advance } = await spawnTimed()
    const events: SystemEvent[] = []
    host!.reporting.events.subscribe((event) => events.push(event))
    await ref.ask.throws()
    await advance(1)
    expect(events).toMatchObject([
      { type: 'failed', error: { message: 'at its time' }, directive: 'restart' },
    ])
  })

  it('act when no message has come for so long', async () => {
    const { ref, fired, advance } = await spawnTimed()
    await ref.ask.idle(10)
    await advance(9)
    await ref.ask.touch()
    await advance(9)
    expect(fired).toEqual([])
    await advance(1)
    await advance(10)
    expect(fired).toEqual(['idle 1019', 'idle 1029'])
    await ref.ask.idle(Infinity)
    await advance(100)
    expect(fired).toHaveLength(2)
  })
})
