import { describe, expect, it } from 'vitest'
import type { ActorError } from '../errors.ts'
import type { Host } from './host.ts'
import type { ActorRef } from './ref.ts'
import { ManualClock } from '../testing/manualClock.ts'
import {
  collectDeadLetters,
  define,
  deferred,
  refFrom,
  settled,
  startHosts,
} from '../testing/hosts.test-support.ts'

/** An actor that handles nothing until it is let go, and what it has handled. */
function heldActor(overflow?: 'wait' | 'drop-newest' | 'drop-oldest' | 'fail') {
  const handled: unknown[] = []
  const gate = deferred()
  const definition = define(
    () => ({
      hold: () => gate.promise,
      note: (value: unknown) => {
        handled.push(value)
        return value
      },
      async *count(from: number) {
        yield from
      },
    }),
    { mailbox: 4, ...(overflow === undefined ? {} : { overflow }) },
  )
  return { definition, handled, release: gate.resolve }
}

type Held = ReturnType<typeof heldActor>
type HeldRef = ActorRef<{
  hold(): Promise<void>
  note(value: unknown): unknown
  count(from: number): AsyncGenerator<number>
}>

async function spawnFull(held: Held, at: Host, from: Host): Promise<HeldRef> {
  const handle = await at.spawn(held.definition.with({ host: 'here' }), [])
  const ref = refFrom(from, handle) as HeldRef
  ref.tell.hold()
  await settled()
  for (let value = 1; value <= 4; value++) ref.tell.note(value)
  await settled()
  return ref
}

// The actor lives on the first; its senders are on the last.
describe.each([
  ['in its own thread', 1],
  ['on another host', 2],
])('a full mailbox, told from %s', (_, count) => {
  const setUp = async (held: Held, clock?: ManualClock) => {
    const hosts = startHosts(count, clock)
    return spawnFull(held, hosts[0]!, hosts.at(-1)!)
  }

  it('refuses tells, which are dead letters', async () => {
    const letters = collectDeadLetters()
    const held = heldActor()
    const ref = await setUp(held)
    expect(ref.tell.note(5)).toBe(false)
    expect(letters).toMatchObject([{ reason: 'overflow', method: 'note' }])
    held.release()
    await settled()
    expect(held.handled).toEqual([1, 2, 3, 4])
    expect(ref.tell.note(5)).toBe(true)
  })

  it('makes sends wait, in their order', async () => {
    const held = heldActor()
    const ref = await setUp(held)
    const sends = Array.from({ length: 50 }, (__, i) => ref.send.note(i + 5))
    await settled()
    expect(held.handled).toEqual([])
    held.release()
    await Promise.all(sends)
    expect(await ref.ask.note('last')).toBe('last')
    expect(held.handled).toEqual([...Array.from({ length: 54 }, (__, i) => i + 1), 'last'])
  })

  it('takes what was sent as it was when it was sent', async () => {
    const held = heldActor()
    const ref = await setUp(held)
    const value = { n: 1 }
    const sent = ref.send.note(value)
    value.n = 2
    held.release()
    await sent
    await settled()
    expect(held.handled.at(-1)).toEqual({ n: 1 })
  })

  it('makes asks and streams wait', async () => {
    const held = heldActor()
    const ref = await setUp(held)
    const answer = ref.ask.note('asked')
    const item = ref.stream.count(7).next()
    await settled()
    held.release()
    expect(await answer).toBe('asked')
    expect(await item).toEqual({ done: false, value: 7 })
  })

  it('does not hold those who give up', async () => {
    const clock = new ManualClock(1000)
    const held = heldActor()
    const ref = await setUp(held, clock)
    const controller = new AbortController()
    const reason = new Error('enough')
    const waiting = [
      ref.with({ timeoutMs: 10 }).send.note(5),
      ref.with({ timeoutMs: 10 }).ask.note(5),
      ref.with({ timeoutMs: 10 }).stream.count(5).next(),
      ref.with({ signal: controller.signal }).send.note(5),
      ref.with({ signal: controller.signal }).ask.note(5),
      ref.with({ signal: controller.signal }).stream.count(5).next(),
    ]
    const outcomes = Promise.allSettled(waiting)
    clock.advance(10)
    controller.abort(reason)
    const timedOut = { status: 'rejected', reason: expect.objectContaining({ code: 'ETIMEDOUT' }) }
    const aborted = { status: 'rejected', reason }
    expect(await outcomes).toEqual([timedOut, timedOut, timedOut, aborted, aborted, aborted])
    held.release()
    await settled()
    expect(held.handled).toEqual([1, 2, 3, 4])
  })

  it('has room for who waits when nobody waits any more for what is in it', async () => {
    const held = heldActor()
    const hosts = startHosts(count)
    const handle = await hosts[0]!.spawn(held.definition.with({ host: 'here' }), [])
    const ref = refFrom(hosts.at(-1)!, handle) as HeldRef
    ref.tell.hold()
    await settled()
    const giving = new AbortController()
    const impatient = ref.with({ signal: giving.signal })
    const asked = Promise.allSettled([1, 2, 3, 4].map((value) => impatient.ask.note(value)))
    await settled()
    const sends = Array.from({ length: 8 }, (__, i) => ref.send.note(i + 5))
    await settled()
    giving.abort()
    await asked
    // The actor still handles what it did before all of them.
    await sends[0]
    held.release()
    await Promise.all(sends)
    await settled()
    expect(held.handled).toEqual(Array.from({ length: 8 }, (__, i) => i + 5))
  })

  it('fails what is sent when it is to fail', async () => {
    const letters = collectDeadLetters()
    const held = heldActor('fail')
    const ref = await setUp(held)
    expect(ref.tell.note(5)).toBe(false)
    await expect(ref.send.note(5)).rejects.toMatchObject({ code: 'EOVERFLOW' })
    await expect(ref.ask.note(5)).rejects.toMatchObject({ code: 'EOVERFLOW' })
    await expect(ref.stream.count(5).next()).rejects.toMatchObject({ code: 'EOVERFLOW' })
    expect(letters).toHaveLength(1)
    held.release()
    await settled()
    expect(held.handled).toEqual([1, 2, 3, 4])
    expect(await ref.ask.note(5)).toBe(5)
  })

  it('drops the newest when it is to', async () => {
    const letters = collectDeadLetters()
    const held = heldActor('drop-newest')
    const ref = await setUp(held)
    expect(ref.tell.note(5)).toBe(false)
    await ref.send.note(6)
    await expect(ref.ask.note(7)).rejects.toMatchObject({ code: 'EOVERFLOW' })
    held.release()
    await settled()
    expect(held.handled).toEqual([1, 2, 3, 4])
    expect(letters.filter(({ reason }) => reason === 'overflow')).toHaveLength(2)
  })

  it('drops the oldest when it is to', async () => {
    const letters = collectDeadLetters()
    const held = heldActor('drop-oldest')
    const ref = await setUp(held)
    const asked = ref.ask.note(5)
    for (let value = 6; value <= 9; value++) expect(ref.tell.note(value)).toBe(true)
    await expect(asked).rejects.toMatchObject({ code: 'EOVERFLOW' })
    held.release()
    await settled()
    expect(held.handled).toEqual([6, 7, 8, 9])
    expect(letters.filter(({ reason }) => reason === 'overflow')).toHaveLength(5)
  })

  it('lets those who wait find out that the actor has stopped', async () => {
    const held = heldActor()
    const hosts = startHosts(count)
    const ref = await spawnFull(held, hosts[0]!, hosts.at(-1)!)
    const asks = Array.from({ length: 20 }, () => ref.ask.note(5))
    const outcomes = Promise.all(asks.map((ask) => ask.catch(({ code }: ActorError) => code)))
    const stopped = hosts[0]!.stopping.stop(ref.address)
    held.release()
    await stopped
    for (const outcome of await outcomes) expect([5, 'ENOACTOR']).toContain(outcome)
  })
})

describe('an ask', () => {
  it('ends with its signal, and its handler sees that', async () => {
    const [here, there] = startHosts(2)
    const seen = deferred<unknown>()
    const definition = define((ctx) => ({
      work: () =>
        new Promise<void>((resolve) => {
          const { signal } = ctx.message
          signal.addEventListener('abort', () => {
            seen.resolve(signal.reason)
            resolve()
          })
        }),
    }))
    const handle = await there!.spawn(definition.with({ host: 'here' }), [])
    const ref = refFrom(here!, handle)
    const controller = new AbortController()
    const answer = ref.with({ signal: controller.signal }).ask.work()
    await settled()
    controller.abort()
    await expect(answer).rejects.toBe(controller.signal.reason)
    expect(await seen.promise).toMatchObject({ code: 'ECANCELED' })
  })

  it('is dropped by an actor that has not begun with it', async () => {
    const [here, there] = startHosts(2)
    const held = heldActor()
    const handle = await there!.spawn(held.definition.with({ host: 'here' }), [])
    const ref = refFrom(here!, handle) as HeldRef
    ref.tell.hold()
    const controller = new AbortController()
    const answer = ref.with({ signal: controller.signal }).ask.note('withdrawn')
    ref.tell.note('kept')
    await settled()
    controller.abort()
    await expect(answer).rejects.toBe(controller.signal.reason)
    await settled()
    held.release()
    await settled()
    expect(held.handled).toEqual(['kept'])
  })

  it('does not begin with a signal that is aborted', async () => {
    const [host] = startHosts(1)
    const held = heldActor()
    const handle = await host!.spawn(held.definition, [])
    const signal = AbortSignal.abort('no')
    await expect(handle.with({ signal }).ask.note(1)).rejects.toBe('no')
    await expect(handle.with({ signal }).send.note(1)).rejects.toBe('no')
    await expect(handle.with({ signal }).stream.count(1).next()).rejects.toBe('no')
    await settled()
    expect(held.handled).toEqual([])
  })

  it('is skipped when its time is over, and its answer is late', async () => {
    const clock = new ManualClock(1000)
    const letters = collectDeadLetters()
    const [here, there] = startHosts(2, clock)
    const held = heldActor()
    const late = deferred<string>()
    const definition = define(() => ({ slow: () => late.promise }))
    const one = await there!.spawn(held.definition.with({ host: 'here' }), [])
    const other = await there!.spawn(definition.with({ host: 'here' }), [])
    const ref = refFrom(here!, one) as HeldRef
    const slow = refFrom(here!, other)
    ref.tell.hold()
    const answers = Promise.allSettled([
      ref.with({ timeoutMs: 20 }).ask.note('expired'),
      slow.with({ timeoutMs: 20 }).ask.slow(),
    ])
    await settled()
    clock.advance(20)
    const timedOut = { status: 'rejected', reason: expect.objectContaining({ code: 'ETIMEDOUT' }) }
    expect(await answers).toEqual([timedOut, timedOut])
    held.release()
    late.resolve('too late')
    await settled()
    expect(held.handled).toEqual([])
    expect(letters.map(({ reason, method }) => `${reason} ${method}`).toSorted()).toEqual([
      'expired note',
      'late reply slow',
    ])
  })

  it('fails the same if the actor comes to it after its time, and the asker has not noticed yet', async () => {
    let now = 1000
    const [host] = startHosts(1, { now: () => now, after: () => 0, cancel: () => undefined })
    const letters = collectDeadLetters()
    const held = heldActor()
    const ref = await host!.spawn(held.definition, [])
    ref.tell.hold()
    const answer = ref.with({ timeoutMs: 20 }).ask.note('asked')
    await settled()
    now += 20
    held.release()
    await expect(answer).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    expect(held.handled).toEqual([])
    expect(letters.map(({ reason, method }) => `${reason} ${method}`)).toEqual(['expired note'])
  })

  it('fails the same if its handler fails because the time is over, and the asker has not noticed yet', async () => {
    let now = 1000
    const timers: (() => void)[] = []
    const after = (_delayMs: number, act: () => void): number => timers.push(act)
    const [here, there] = startHosts(2, { now: () => now, after, cancel: () => undefined })
    const letters = collectDeadLetters()
    const other = deferred()
    const fault = new RangeError('a fault of its own')
    const definition = define((ctx) => {
      const aborted = (): Promise<void> =>
        new Promise((resolve) => ctx.message.signal.addEventListener('abort', () => resolve()))
      return {
        returns: () => aborted(),
        throws: () =>
          aborted().then(() => Promise.reject(new DOMException('aborted', 'AbortError'))),
        stashes: () => aborted().then(() => ctx.stash()),
        failsOtherwise: () => other.promise.then(() => Promise.reject(fault)),
      }
    })
    const names = ['returns', 'throws', 'stashes', 'failsOtherwise'] as const
    const refs = await Promise.all(
      names.map(async () =>
        refFrom(here!, await there!.spawn(definition.with({ host: 'here' }), [])),
      ),
    )
    const answers = names.map((name, index) => refs[index]!.with({ timeoutMs: 20 }).ask[name]())
    const settledAnswers = Promise.allSettled(answers)
    await settled()
    now += 20
    other.resolve()
    // The first is the asker's.
    for (const act of timers.slice(1)) act()
    expect(await settledAnswers).toMatchObject(
      names.map((name, index) => ({
        reason: {
          code: 'ETIMEDOUT',
          message: `${name} of /${index + 1}: its time was over before it was done`,
        },
      })),
    )
    const causes = (await settledAnswers).map((answer) => 'reason' in answer && answer.reason.cause)
    expect(causes).toEqual([undefined, undefined, undefined, fault])
    expect(letters).toEqual([])
  })

  it('does not take a stream for complete that has ended because the time is over', async () => {
    let now = 1000
    const timers: (() => void)[] = []
    const after = (_delayMs: number, act: () => void): number => timers.push(act)
    const [here, there] = startHosts(2, { now: () => now, after, cancel: () => undefined })
    const source = define((ctx) => ({
      async *count() {
        const { signal } = ctx.message
        yield 1
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      },
    }))
    const seen: number[] = []
    const reader = define((_ctx, ref: ActorRef<{ count(): AsyncGenerator<number> }>) => ({
      async read() {
        for await (const n of ref.stream.count()) seen.push(n)
      },
    }))
    const far = refFrom(here!, await there!.spawn(source.with({ host: 'here' }), []))
    const ref = await here!.spawn(reader.with({ host: 'here' }), [far])
    const failure = ref
      .with({ timeoutMs: 20 })
      .ask.read()
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    await settled()
    expect(seen).toEqual([1])
    now += 20
    // The last is the source's.
    timers.at(-1)!()
    expect(await failure).toMatchObject({ code: 'ETIMEDOUT' })
  })

  it('hands its deadline on, through refs that came in messages and arguments', async () => {
    const clock = new ManualClock(1000)
    const [here, there] = startHosts(2, clock)
    const deadlines: number[] = []
    const note = define((ctx) => ({ note: () => void deadlines.push(ctx.message.deadline) }))
    const target = await there!.spawn(note.with({ host: 'here' }), [])
    const relay = define((_ctx, known: ActorRef<{ note(): void }>) => {
      let kept = known
      return {
        keep: (ref: ActorRef<{ note(): void }>) => void (kept = ref),
        relay: async () => {
          await kept.ask.note()
          await known.ask.note()
        },
      }
    })
    const handle = await there!.spawn(relay.with({ host: 'here' }), [target])
    const ref = refFrom(here!, handle)
    ref.tell.keep(refFrom(here!, target))
    await ref.with({ timeoutMs: 77 }).ask.relay()
    expect(deadlines).toEqual([1077, 1077])
  })
})
