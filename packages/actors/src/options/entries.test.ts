import { curveKeyPair } from '@ringpost/transport'
import { afterAll, describe, expect, it } from 'vitest'
import { defineActor } from '../definition/definition.ts'
import { defineTask } from '../farm/work.ts'
import type { Farm } from '../farm/farm.ts'
import type { ActorHandle } from '../host/ref.ts'
import type { Pool } from '../many/pool/pool.ts'
import { createSystem, type ActorSystem } from '../system/system.ts'
import { createProbe } from '../testing/probe.ts'
import { explore, replay } from '../testing/explore.ts'
import { createTestSystem } from '../testing/testSystem.ts'

const counter = defineActor(import.meta.url, 'counter', (_ctx, start: number) => ({
  value: () => start,
  *upTo(limit: number) {
    for (let n = 0; n < limit; n++) yield n
  },
}))
const double = defineTask(import.meta.url, 'double', (n: number) => n * 2)

const system: ActorSystem = await createSystem({ hosts: 0, logger: false })
const ref: ActorHandle<typeof counter> = await system.spawn(counter, 1)
const pool: Pool = await system.pool(counter, { size: 1 }, 1)
const farm: Farm<never> = (await system.farm()) as never
afterAll(() => system.close())

const local = 'tcp://127.0.0.1:*'
const { publicKey, secretKey } = curveKeyPair()

/** What nobody who writes TypeScript can write. */
type Wrong = never

/** How, and what the error names. */
const wrong: Record<string, [give: () => unknown, names: string]> = {
  createSystem: [() => createSystem({ host: 2 } as Wrong), 'nearest is hosts'],
  'createSystem, a number': [() => createSystem(4 as Wrong), 'object with hosts'],
  'createSystem, hosts': [() => createSystem({ hosts: '2' } as Wrong), 'hosts'],
  'createSystem, isolation': [() => createSystem({ isolation: 'proces' } as Wrong), 'process'],
  'createSystem, closing': [() => createSystem({ closing: { drain: 1 } } as Wrong), 'drainMs'],
  'createSystem, signals': [
    () => createSystem({ signals: ['SIGTERM', 'SIGFOO'] } as Wrong),
    'signals[1] must be the name of a signal, such as \'SIGTERM\', not "SIGFOO"',
  ],
  'createSystem, signals that are none': [
    () => createSystem({ signals: 'SIGTERM' } as Wrong),
    'signals must be an array of names of signals, such as \'SIGTERM\', not "SIGTERM"',
  ],
  'createSystem, supervision': [
    () => createSystem({ supervision: { backoff: { first: 1 } } } as Wrong),
    'supervision.backoff.firstMs',
  ],
  'createSystem, replacements': [
    () => createSystem({ replacements: { maxRestart: 1 } } as Wrong),
    'replacements.maxRestarts',
  ],
  'createSystem, limits': [
    () => createSystem({ resourceLimits: { maxOldGenerationSize: 1 } } as Wrong),
    'resourceLimits.maxOldGenerationSizeMb',
  ],
  close: [() => system.close({ drain: 1 } as Wrong), 'drainMs'],
  'with of a definition': [() => counter.with({ nam: 'x' } as Wrong), 'name'],
  'with of a definition, urgent': [() => counter.with({ urgnt: ['x'] } as Wrong), 'urgent'],
  'with of a definition, mailbox': [() => counter.with({ mailbox: -1 }), 'mailbox'],
  'with of a definition, host': [() => counter.with({ host: 'her' } as Wrong), "'here'"],
  'with of a definition, schema': [() => counter.with({ schema: {} } as Wrong), 'schema'],
  'with of a ref': [() => ref.with({ timeout: 10 } as Wrong), 'timeoutMs'],
  'with of a ref, a text': [() => ref.with({ timeoutMs: '500' } as Wrong), 'timeoutMs'],
  'with of a ref, NaN': [() => ref.with({ timeoutMs: Number.NaN }), 'timeoutMs'],
  'with of a ref, before now': [() => ref.with({ timeoutMs: -5 }), 'timeoutMs'],
  'with of a ref, a controller': [
    () => ref.with({ signal: new AbortController() } as Wrong),
    'controller.signal',
  ],
  'with of a pool': [() => pool.with({ timeout: 10 } as Wrong), 'timeoutMs'],
  gather: [() => pool.gather({ frist: 1 } as Wrong), 'first'],
  stop: [() => ref.stop({ grace: 1 } as Wrong), 'graceMs'],
  'stop of a pool': [() => pool.stop({ drian: false } as Wrong), 'drain'],
  down: [() => ref.down({ sginal: 1 } as Wrong), 'signal'],
  pool: [() => system.pool(counter, { sizes: 3 } as Wrong, 1), 'size'],
  'pool without options': [() => system.pool(counter, 1 as Wrong, 1), 'object with size'],
  'pool, size': [() => system.pool(counter, { size: 0 }, 1), 'size'],
  'pool, sizes': [() => system.pool(counter, { size: { min: 3, max: 2 } }, 1), 'size.min'],
  'pool, replace': [() => system.pool(counter, { replace: 'no' } as Wrong, 1), 'replace'],
  'pool, route': [() => system.pool(counter, { route: 'roundrobin' } as Wrong, 1), 'round-robin'],
  farm: [() => system.farm(counter, { worker: 1, args: [1] } as Wrong), 'workers'],
  'farm, options first': [() => system.farm({ workers: 1 } as Wrong), 'workers of a farm'],
  'farm of a module': [
    () => system.farm({ module: import.meta.url, worker: 1 } as Wrong),
    'workers',
  ],
  map: [() => farm.map([1], double, { inflight: 2 } as Wrong), 'inFlight'],
  outcomes: [() => farm.outcomes([1], double, { retry: 2 } as Wrong), 'retries'],
  'map, progress': [() => farm.map([1], double, { progress: {} } as Wrong), 'progress'],
  run: [() => farm.run(1, double, { timeout: 1 } as Wrong), 'timeoutMs'],
  stage: [() => system.pipeline<number>().stage('one', double, { widht: 1 } as Wrong), 'width'],
  listen: [() => system.listen(local, { plian: { users: {} } } as Wrong), 'nearest is plain'],
  'listen, plain undefined': [() => system.listen(local, { plain: undefined } as Wrong), 'plain'],
  'listen, curve undefined': [() => system.listen(local, { curve: undefined } as Wrong), 'curve'],
  'listen, users forgotten': [
    () => system.listen(local, { plain: { ann: 'hush' } } as Wrong),
    'plain.ann is no option; there are: users',
  ],
  'listen, no users': [
    () => system.listen(local, { plain: {} } as Wrong),
    'plain.users is missing',
  ],
  'listen, a password undefined': [
    () => system.listen(local, { plain: { users: { ann: undefined } } } as Wrong),
    'plain.users.ann must be a string of 1 to 255 bytes, not undefined',
  ],
  'listen, a password that is empty': [
    () => system.listen(local, { plain: { users: { ann: '' } } }),
    'plain.users.ann must be',
  ],
  'listen, no clients': [
    () => system.listen(local, { curve: { secretKey } } as Wrong),
    'curve.clients is missing',
  ],
  'listen, clients': [
    () => system.listen(local, { curve: { secretKey, clients: ['abc'] } }),
    'curve.clients must be',
  ],
  'listen, a key': [
    () => system.listen(local, { curve: { secretKey: 'abc', clients: 'any' } }),
    'curve.secretKey must be a key',
  ],
  'listen, insecure': [() => system.listen(local, { insecure: 'no' } as Wrong), 'insecure'],
  'listen, limits': [() => system.listen(local, { limits: { ask: 1 } } as Wrong), 'limits.asks'],
  'listen, topics': [() => system.listen(local, { topics: { publish: 'a' } } as Wrong), 'topics'],
  'listen, exports': [() => system.listen(local, { exports: { a: 1 } } as Wrong), 'exports'],
  connect: [
    () => system.connect('tcp://127.0.0.1:1', { signal: AbortSignal.abort() } as Wrong),
    'signal is no option',
  ],
  'connect, names of plain': [
    () => system.connect('tcp://127.0.0.1:1', { plain: { user: 'a', pass: 'b' } } as Wrong),
    'plain.username',
  ],
  'connect, no password': [
    () => system.connect('tcp://127.0.0.1:1', { plain: { username: 'a' } } as Wrong),
    'plain.password is missing: it must be a string of 1 to 255 bytes',
  ],
  'connect, no key of the server': [
    () => system.connect('tcp://127.0.0.1:1', { curve: { publicKey, secretKey } } as Wrong),
    'curve.serverKey is missing: it must be a key of 40 characters of Z85',
  ],
  'connect, no key at all': [
    () =>
      system.connect('tcp://127.0.0.1:1', {
        curve: { publicKey, secretKey, serverKey: `${publicKey.slice(1)}~` },
      }),
    'curve.serverKey must be a key of 40 characters of Z85, or of 32 bytes, not a string',
  ],
  waitFor: [() => system.registry.waitFor('x', { timeout: 1 } as Wrong), 'timeoutMs'],
  watch: [() => system.registry.watch('x', { timeoutMs: 1 } as Wrong), 'timeoutMs'],
  publish: [() => system.topics.publish('x', 1, { keeep: true } as Wrong), 'keep'],
  subscribe: [() => system.topics.subscribe('x', { limits: 1 } as Wrong), 'limit'],
  createProbe: [() => createProbe(system, { timeout: 1 } as Wrong), 'timeoutMs'],
  'createProbe, its name': [() => createProbe(system, { name: 'a/b' }), 'name'],
  createTestSystem: [() => createTestSystem({ sead: 1 } as Wrong), 'seed'],
  explore: [() => explore(() => undefined, { run: 1 } as Wrong), 'runs'],
  replay: [() => replay(1, () => undefined, { seed: 1 } as Wrong), 'seed is no option'],
}

const errorOf = async (give: () => unknown): Promise<unknown> => {
  try {
    await give()
    return undefined
  } catch (error) {
    return error
  }
}

describe('what nobody would look at, and what nothing could be made of, is refused', () => {
  it.for(Object.entries(wrong))('%s', async ([, [give, names]]) => {
    const error = await errorOf(give)
    expect(error).toMatchObject({ name: 'ActorError', code: 'EINVAL' })
    expect((error as Error).message).toContain(names)
    expect((error as Error).message).not.toContain('hush')
  })
})

describe('a definition', () => {
  let names = 0
  const schemaOf = (type: string) => ({
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: (value: unknown) =>
        typeof value === type ? { value } : { issues: [{ message: `no ${type}` }] },
    },
  })
  const define = (options: unknown) =>
    defineActor(
      import.meta.url,
      `one ${++names}`,
      () => ({ enter: (text: string) => text }),
      options as Wrong,
    )

  it.for([
    [{ shema: { messages: { enter: schemaOf('string') } } }, 'schema'],
    [{ schema: { message: { enter: schemaOf('string') } } }, 'schema.messages'],
    [{ schema: { messages: { enter: { type: 'string' } } } }, 'schema.messages.enter'],
    [{ schema: { messages: { enter: undefined } } }, 'schema.messages.enter'],
    [{ schema: { check: 'allways' } }, 'schema.check'],
    [{ urgnt: ['enter'] }, 'urgent'],
    [{ priority: 3 }, 'priority'],
    [7, 'object'],
  ] as const)('has no such options: %j', async ([options, names]) => {
    const error = await errorOf(() => define(options))
    expect(error).toMatchObject({ name: 'ActorError', code: 'EINVAL' })
    expect((error as Error).message).toContain(names)
  })

  it.for([
    [{ schema: { messages: { entr: schemaOf('string') } } }, 'schema.messages names "entr"'],
    [{ urgent: ['entr'] }, 'urgent names "entr"'],
  ] as const)('names only messages that it handles: %j', async ([options, names]) => {
    const error = await errorOf(() => system.spawn(define(options)))
    expect(error).toMatchObject({ name: 'ActorError', code: 'EINVAL' })
    expect((error as Error).message).toContain(names)
    expect((error as Error).message).toContain('the nearest is enter')
  })

  it('may have handlers that are methods of a class', async () => {
    class Door {
      enter(name: string) {
        return `in: ${name}`
      }
    }
    const definition = defineActor(import.meta.url, 'door', () => new Door() as never, {
      urgent: ['enter'],
      schema: { messages: { enter: schemaOf('string') }, check: 'always' },
    })
    const door = (await system.spawn(definition)) as ActorHandle
    expect(await door.ask['enter']!('ann')).toBe('in: ann')
    await door.stop()
  })
})

describe('what is no definition, ref or address', () => {
  it.for(
    Object.entries<[give: () => unknown, names: string]>({
      'spawn(undefined)': [() => system.spawn(undefined as Wrong), 'defineActor'],
      'spawn({})': [() => system.spawn({} as Wrong), 'defineActor'],
      'spawn(task)': [() => system.spawn(double as Wrong), 'TaskDefinition'],
      'pool(undefined)': [() => system.pool(undefined as Wrong), 'defineActor'],
      'farm(refs)': [() => system.farm([1] as Wrong), 'ref of an actor'],
      expose: [() => system.expose('x', undefined as Wrong), 'ref of an actor'],
      ref: [() => system.ref(undefined as Wrong), 'text of an address'],
      register: [() => system.registry.register('x', undefined as Wrong), 'ref of an actor'],
      join: [() => system.registry.join('x', {} as Wrong), 'ref of an actor'],
      replay: [() => replay('xx' as Wrong, () => undefined), 'FailedSchedule.schedule'],
      'map of a closure': [() => farm.map([1], ((n: number) => n) as Wrong), 'defineTask'],
      'map without work': [() => farm.map([1], 5 as Wrong), 'defineTask'],
      'stage of a closure': [
        () => system.pipeline().stage('one', ((n: number) => n) as Wrong),
        'defineTask',
      ],
      'defineActor of a name': [
        () => defineActor('counter.js', 'x', () => ({})),
        'needs import.meta.url, or in CommonJS __filename, not "counter.js"',
      ],
      'defineTask of nothing': [
        () => defineTask(undefined as Wrong, 'x', () => 1),
        'needs import.meta.url',
      ],
    }),
  )('is refused: %s', async ([, [give, names]]) => {
    const error = await errorOf(give)
    expect(error).toMatchObject({ name: 'ActorError', code: 'EINVAL' })
    expect((error as Error).message).toContain(names)
  })

  it('is not a path, nor a URL: both name a module', () => {
    const url = new URL('there.cjs', import.meta.url)
    expect(defineActor(url, 'by URL', () => ({})).url).toBe(url.href)
    expect(defineActor(decodeURI(url.pathname), 'by path', () => ({})).url).toBe(url.href)
    expect(defineTask(url, 'by URL', () => 1).url).toBe(url.href)
  })
})
