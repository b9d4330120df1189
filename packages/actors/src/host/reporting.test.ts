import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it, onTestFinished } from 'vitest'
import { define, deferred, refFrom, settled, startHosts } from '../testing/hosts.test-support.ts'
import { ActorError } from '../errors.ts'
import type { SystemEvent } from './events.ts'
import type { Host } from './host.ts'
import type { EveryLevel } from './logger.ts'
import { ActorRef } from './ref.ts'

/** What a logger was given, as `level fields message`. */
function recordingLogger(level?: string) {
  const entries: unknown[][] = []
  const first = deferred()
  const method =
    (name: string) =>
    (...args: unknown[]): void => {
      entries.push([name, ...args])
      first.resolve()
    }
  const logger: EveryLevel = {
    ...(level === undefined ? {} : { level }),
    trace: method('trace'),
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    fatal: method('fatal'),
  }
  return { logger, entries, hasFirst: first.promise }
}

function collectEvents(host: Host): SystemEvent[] {
  const events: SystemEvent[] = []
  onTestFinished(host.reporting.events.subscribe((event) => events.push(event)))
  return events
}

const plain = define(
  () => ({
    note: (value: unknown) => value,
    fail: (): void => {
      throw new Error('wrong')
    },
  }),
  { mailbox: 4 },
)

it('a message that cannot be read is a dead letter, and fails who asked', async () => {
  const [program, home] = startHosts(2)
  const events = collectEvents(program!)
  await settled()
  const ref = refFrom(program!, await home!.spawn(plain.with({ host: 'here' }), []))
  // A ref that can be written, but is none to whoever reads it.
  const url = `tcp://127.0.0.1:1/${'x'.repeat(2000)}`
  const unreadable = new ActorRef({ host: 0, slot: 0, generation: 0, url }, program!.remote)
  const error = await ref.ask.note(unreadable).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ActorError)
  expect(error).toMatchObject({ code: 'EBADMSG' })
  await settled()
  expect(events.filter(({ type }) => type === 'dead letter')).toMatchObject([
    { reason: 'unreadable', method: 'note' },
  ])
})

describe.each([
  ['this thread', 1],
  ['another host', 2],
])('events of %s', (_, count) => {
  it('tell of actors that begin and end, of dead letters and full mailboxes', async () => {
    const hosts = startHosts(count)
    const [program, home] = [hosts[0]!, hosts.at(-1)!]
    const events = collectEvents(program)
    await settled()
    const gate = deferred()
    const held = define(() => ({ hold: () => gate.promise, note: () => undefined }), { mailbox: 2 })
    const handle = await home.spawn(held.with({ host: 'here' }), [])
    handle.tell.hold()
    await settled()
    for (let n = 0; n < 3; n++) handle.tell.note()
    gate.resolve()
    await handle.stop()
    handle.tell.note()
    await settled()
    const { name: definition } = held
    expect(events).toMatchObject([
      { type: 'spawned', definition },
      { type: 'overflow', definition, overflow: 'wait' },
      { type: 'dead letter', reason: 'overflow', method: 'note' },
      { type: 'stopped', definition, down: { reason: 'stopped' } },
      { type: 'dead letter', reason: 'no such actor', method: 'note' },
    ])
    for (const event of events) expect('actor' in event && event.actor.equals(handle)).toBe(true)
  })

  it('reach nobody when nobody listens', async () => {
    const hosts = startHosts(count)
    const home = hosts.at(-1)!
    const leave = hosts[0]!.reporting.events.subscribe(() => undefined)
    await settled()
    expect(home.reporting.wants('spawned')).toBe(true)
    leave()
    await settled()
    expect(home.reporting.wants('spawned')).toBe(false)
  })

  it('are read in their order until the system ends', async () => {
    const hosts = startHosts(count)
    const [program, home] = [hosts[0]!, hosts.at(-1)!]
    const reader = program.reporting.events[Symbol.asyncIterator]()
    await settled()
    const first = reader.next()
    const handle = await home.spawn(plain.with({ host: 'here' }), [])
    await handle.stop()
    expect(await first).toMatchObject({ value: { type: 'spawned' } })
    expect(await reader.next()).toMatchObject({ value: { type: 'stopped' } })
    const last = reader.next()
    program.close()
    expect(await last).toEqual({ done: true, value: undefined })
  })

  it('are dropped and counted when there are too many', async () => {
    const hosts = startHosts(count)
    const [program, home] = [hosts[0]!, hosts.at(-1)!]
    const reader = program.reporting.events[Symbol.asyncIterator]()
    await settled()
    const handle = await home.spawn(plain.with({ host: 'here' }), [])
    await handle.stop()
    const letters = 5000
    for (let n = 0; n < letters; n++) handle.tell.note(n)
    await home.reporting.drained()
    await settled()
    let told = 0
    let dropped = 0
    while (told + dropped < letters + 2) {
      // What was dropped at the end is told with the next event.
      if (told + dropped > 0) handle.tell.note('more')
      const { value } = (await reader.next()) as IteratorYieldResult<SystemEvent>
      if (value.type === 'dropped') dropped += value.count
      else told++
    }
    expect(dropped).toBeGreaterThan(0)
    await reader.return()
  })
})

describe('diagnostics channels', () => {
  it('have what happens in their thread, without anybody listening elsewhere', async () => {
    const [host] = startHosts(1)
    const seen: unknown[] = []
    const see = (event: unknown): unknown => seen.push((event as SystemEvent).type)
    for (const name of ['spawned', 'stopped', 'deadLetter']) {
      subscribe(`ringpost.actors.${name}`, see)
      onTestFinished(() => void unsubscribe(`ringpost.actors.${name}`, see))
    }
    const handle = await host!.spawn(plain, [])
    await handle.stop()
    handle.tell.note(1)
    expect(seen).toEqual(['spawned', 'stopped', 'dead letter'])
  })

  it('tell of a host that is lost, as events do', async () => {
    const [host] = startHosts(2)
    const events = collectEvents(host!)
    const error = new Error('gone')
    host!.happenings.lost(1, { why: 'uncaught', error })
    expect(events).toEqual([{ type: 'host lost', host: 1, loss: { why: 'uncaught', error } }])
  })

  it('say why a host was lost, errors by the name that loggers know', () => {
    const [host] = startHosts(2)
    const { logger, entries } = recordingLogger()
    host!.reporting.logWith(logger)
    const err = new Error('gone')
    host!.happenings.lost(1, { why: 'uncaught', error: err })
    host!.happenings.lost(2, { why: 'exited', exitCode: 3 })
    expect(entries).toEqual([
      ['error', { host: 1, why: 'uncaught', err }, '%s', 'A host is lost'],
      ['error', { host: 2, why: 'exited', exitCode: 3 }, '%s', 'A host is lost'],
    ])
  })
})

describe.each([
  ['this thread', 1],
  ['another host', 2],
])('the log of an actor on %s', (_, count) => {
  async function spawnLogging(logger: EveryLevel) {
    const hosts = startHosts(count)
    const [program, home] = [hosts[0]!, hosts.at(-1)!]
    program.reporting.logWith(logger)
    await settled()
    const definition = define((ctx) => ({
      log(level: 'debug' | 'info' | 'warn') {
        ctx.log[level]({ n: 1 }, 'saw %s of %d', 'one', 2)
      },
      others() {
        ctx.log.info('alone: 100 %')
        ctx.log.info({ only: 'fields' })
        ctx.log.error(new Error('seen'), 'about it')
        ctx.log.child({ request: 7 }).fatal('in a child')
        ctx.log.warn({ unsendable: () => 1 }, 'kept')
      },
      async failing() {
        const child = await ctx.spawn(plain.with({ name: 'child' }))
        child.tell.fail()
      },
      path: () => ctx.path,
    }))
    const handle = await home.spawn(definition.with({ host: 'here' }), [])
    const ref = refFrom(program, handle)
    return { ref, who: { actor: await ref.ask.path(), definition: definition.name } }
  }

  it('goes to the logger of the system, with who has logged', async () => {
    const { logger, entries } = recordingLogger()
    const { ref, who } = await spawnLogging(logger)
    await ref.ask.log('info')
    await ref.ask.others()
    await settled()
    expect(entries.slice(0, 5)).toEqual([
      ['info', { ...who, n: 1 }, '%s', 'saw one of 2'],
      ['info', who, '%s', 'alone: 100 %'],
      ['info', { ...who, only: 'fields' }],
      ['error', { ...who, err: new Error('seen') }, '%s', 'about it'],
      ['fatal', { ...who, request: 7 }, '%s', 'in a child'],
    ])
    expect(entries[5]).toMatchObject(['warn', {}, '%s', 'kept'])
  })

  it('logs nothing below the level of the logger', async () => {
    const { logger, entries } = recordingLogger('warn')
    const { ref } = await spawnLogging(logger)
    for (const level of ['debug', 'info', 'warn'] as const) await ref.ask.log(level)
    await settled()
    expect(entries.map(([level]) => level)).toEqual(['warn'])
  })

  it('has the failures of actors', async () => {
    const { logger, entries, hasFirst } = recordingLogger('error')
    const { ref, who } = await spawnLogging(logger)
    ref.tell.failing()
    await hasFirst
    const actor = `${who.actor}/child`
    const err = new Error('wrong')
    const failure = { actor, during: 'message', directive: 'restart', err }
    expect(entries).toEqual([['error', failure, '%s', 'An actor has failed']])
  })
})

describe.each([
  ['this thread', 1],
  ['another host', 2],
])('what an actor of %s is told and does not handle', (_, count) => {
  async function spawnCounter(options = {}) {
    const hosts = startHosts(count)
    const [program, home] = [hosts[0]!, hosts.at(-1)!]
    const { logger, entries } = recordingLogger()
    program.reporting.logWith(logger)
    const events = collectEvents(program)
    await settled()
    const definition = define(
      () => ({
        increment: () => undefined,
        *upTo(limit: number) {
          yield limit
        },
      }),
      options,
    )
    const spawn = async () => {
      const handle = await home.spawn(definition.with({ host: 'here' }), [])
      return refFrom(program, handle) as unknown as ActorRef<
        Record<string, (...args: unknown[]) => unknown>
      >
    }
    const letters = () => events.filter(({ type }) => type === 'dead letter')
    return { spawn, entries, letters, definition: definition.name }
  }

  it('is a dead letter that says so, and a warning with the actor and the method', async () => {
    const { spawn, entries, letters, definition } = await spawnCounter()
    const ref = await spawn()
    for (const method of ['incremnt', 'toString', 'upTo']) expect(ref.tell[method]!(3)).toBe(true)
    await settled()
    expect(letters()).toMatchObject([
      { reason: 'no such handler', method: 'incremnt' },
      { reason: 'no such handler', method: 'toString' },
      { reason: 'no such handler', method: 'upTo' },
    ])
    const actor = await ref.path()
    const missing = 'An actor was told what it has no handler for'
    const streams = 'An actor was told what has to be read as a stream'
    expect(entries).toEqual([
      ['warn', { actor, definition, method: 'incremnt', nearest: 'increment' }, '%s', missing],
      ['warn', { actor, definition, method: 'toString' }, '%s', missing],
      ['warn', { actor, definition, method: 'upTo' }, '%s', streams],
    ])
  })

  it('is warned of once, whichever actor of the definition is told', async () => {
    const { spawn, entries, letters } = await spawnCounter()
    const refs = await Promise.all([spawn(), spawn()])
    for (const ref of refs) for (let n = 0; n < 3; n++) ref.tell.incremnt!()
    await refs[0].send.incremnt!()
    await settled()
    expect(letters()).toHaveLength(7)
    expect(entries).toHaveLength(1)
  })

  it('is warned of no more than some hundred times', async () => {
    const { spawn, entries, letters } = await spawnCounter({ mailbox: 2000 })
    const ref = await spawn()
    for (let n = 0; n < 1000; n++) ref.tell[`method ${n}`]!()
    // So many take more turns of the event loop on busy cores.
    await expect.poll(() => letters().length).toBe(1000)
    await settled()
    expect(letters()).toHaveLength(1000)
    expect(entries).toHaveLength(256)
  })

  it('is no warning where who asked is told', async () => {
    const { spawn, entries, letters, definition } = await spawnCounter()
    const ref = await spawn()
    await expect(ref.ask.incremnt!()).rejects.toMatchObject({
      code: 'ENOHANDLER',
      message: `incremnt of ${await ref.path()}: ${definition} has no such handler`,
    })
    await settled()
    expect(letters()).toMatchObject([{ reason: 'no such handler', method: 'incremnt' }])
    expect(entries).toEqual([])
  })
})
