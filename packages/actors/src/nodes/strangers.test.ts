import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DeadLetter } from '../host/events.ts'
import type { ActorRef } from '../host/ref.ts'
import type { ActorSystem } from '../system/system.ts'
import type { Listening } from './listening.ts'
import type { Message } from './protocol/message.ts'
import { counter, echo, gate, Nodes, openGates } from './testing/nodes.test-support.ts'
import { bytesOf, forged, Stranger } from './testing/stranger.test-support.ts'

const nodes = new Nodes()
const strangers: Stranger[] = []
let server: ActorSystem
let listening: Listening
let hidden: ActorRef

beforeEach(async () => {
  server = await nodes.start()
  server.expose('echo', await server.spawn(echo))
  server.expose('gate', await server.spawn(gate))
  hidden = (await server.spawn(counter, 1)) as never
  listening = await server.listen('tcp://127.0.0.1:*', {
    exports: { counter },
    limits: { asks: 4, streams: 2, watches: 2, tells: 4, messageBytes: 1_000_000 },
    goneAfterMs: 200,
  })
})

afterEach(async () => {
  for (const stranger of strangers.splice(0)) stranger.close()
  await nodes.close()
})

function stranger(incarnation?: string, options?: object): Stranger {
  const made = new Stranger(listening.endpoint, incarnation, options)
  strangers.push(made)
  return made
}

async function greeted(incarnation?: string, more?: object): Promise<Stranger> {
  const made = stranger(incarnation)
  await made.hello(more)
  await made.hears('hello')
  return made
}

async function expectOthersAreServed(): Promise<void> {
  const client = await nodes.start()
  const ref = client.ref<typeof echo>(`${listening.endpoint}/echo`)
  expect(await ref.ask.echo('well')).toBe('well')
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
}

const ask = (id: number, method: string, to = '/echo'): Partial<Message> => ({ id, to, method })

describe('a stranger', () => {
  it('says hello before anything else', async () => {
    const other = stranger()
    await other.say('ask', ask(1, 'echo'), [1])
    expect(await other.hears('error')).toMatchObject({ code: 'EDENIED' })
    expect(listening.dropped).toBe(1)
    await other.hello({ name: 'x' })
    expect(await other.hears('hello')).toMatchObject({
      text: 'ringpost',
      count: 1,
      body: { address: listening.endpoint, actors: ['/echo', '/gate'], exports: ['counter'] },
    })
    await other.say('ask', ask(1, 'echo'), [1])
    expect(await other.hears('reply')).toMatchObject({ id: 1, body: 1 })
  })

  it.for([
    ['another protocol', { text: 'other', count: 1 }, { node: 'f'.repeat(32) }],
    ['another version', { text: 'ringpost', count: 2 }, { node: 'f'.repeat(32) }],
    ['no incarnation', { text: 'ringpost', count: 1 }, {}],
    ['no map', { text: 'ringpost', count: 1 }, 'hello'],
  ] as const)('is sent away with %s', async ([, fields, about]) => {
    const other = stranger()
    await other.say('hello', fields, about)
    expect(await other.hears('goodbye')).toMatchObject({ code: 'EBADMSG' })
    await other.hello()
    await expect.poll(() => listening.dropped).toBe(2)
    await expectOthersAreServed()
  })

  it('is not taken for a node that is there, unless it shows what that was given', async () => {
    const first = stranger('a'.repeat(32))
    await first.hello()
    const { ticket } = (await first.hears('hello')).body as { ticket: string }
    expect(ticket).toMatch(/^[0-9a-f]{32}$/)
    const thief = stranger('a'.repeat(32))
    await thief.hello({ ticket: '0'.repeat(32) })
    expect(await thief.hears('goodbye')).toMatchObject({ code: 'EDENIED' })
    const again = await greeted('a'.repeat(32), { ticket })
    expect(await first.hears('goodbye')).toMatchObject({ code: 'EDENIED' })
    await again.say('ask', ask(1, 'echo'), ['back'])
    expect(await again.hears('reply')).toMatchObject({ body: 'back' })
    expect(server.nodes).toHaveLength(1)
  })

  it('is not taken for this node', async () => {
    const other = stranger()
    await other.hello()
    const { node } = (await other.hears('hello')).body as { node: string }
    const mirror = stranger(node)
    await mirror.hello()
    expect(await mirror.hears('goodbye')).toMatchObject({ code: 'EDENIED' })
  })

  it('is forgotten when it is gone', async () => {
    const other = await greeted()
    expect(server.nodes).toHaveLength(1)
    other.close()
    await expect.poll(() => server.nodes).toEqual([])
    expect(listening.connections).toBe(0)
  })

  it('that takes little is told of a large error without its particulars', async () => {
    server = await nodes.start({ supervision: { decide: () => 'stop' }, logger: false })
    listening = await server.listen('tcp://127.0.0.1:*')
    server.expose('echo', await server.spawn(echo))
    for (const name of ['asked', 'read', 'watched']) server.expose(name, await server.spawn(echo))
    const other = await greeted(undefined, { maxBytes: 1 })
    const bare = { name: 'Error', message: 'lengthy', code: 'ELONG' }
    await other.say('ask', ask(1, 'failAtLength', '/asked'), [])
    expect(await other.hears('failure')).toMatchObject({ id: 1, body: bare })
    await other.say('stream', { ...ask(2, 'itemAndFail', '/read'), count: 2 }, [])
    expect(await other.hears('failure')).toMatchObject({ id: 2, body: bare })
    await other.say('watch', { id: 3, to: '/watched' })
    await other.say('tell', { to: '/watched', method: 'failAtLength' }, [])
    const { body } = await other.hears('down')
    expect(body).toMatchObject({ reason: 'failed', error: bare })
    expect(body).not.toHaveProperty('error.fields')
    await expectOthersAreServed()
  })

  it('may ask in plain msgpack, and be answered so', async () => {
    const other = await greeted(undefined, { plain: true })
    await other.say('send', ask(1, 'keep'), ['x'])
    expect(await other.hears('reply')).toMatchObject({ id: 1, body: null })
  })
})

describe('what a stranger asks for', () => {
  it.for([
    ['a path that there is not', ask(1, 'echo', '/nobody'), [1], 'ENOACTOR'],
    ['an empty path', ask(1, 'echo', ''), [1], 'ENOACTOR'],
    ['a handler that there is not', ask(1, 'none'), [1], 'ENOHANDLER'],
    ['what all objects have', ask(1, 'hasOwnProperty'), ['x'], 'ENOHANDLER'],
    ['a constructor', ask(1, 'constructor'), [], 'ENOHANDLER'],
    ['a prototype', ask(1, '__proto__'), [], 'ENOHANDLER'],
    ['something without an array of arguments', ask(1, 'echo'), 'x', 'EBADMSG'],
    ['something with a map of arguments', ask(1, 'echo'), { length: 1 }, 'EBADMSG'],
  ] as const)('fails if it is %s', async ([, fields, args, code]) => {
    const other = await greeted()
    await other.say('ask', fields, args)
    expect(await other.hears('failure')).toMatchObject({ id: 1, body: { code } })
    await other.say('stream', { ...fields, id: 1, count: 1 }, args)
    expect(await other.hears('failure')).toMatchObject({ id: 1, body: { code } })
    await other.say('tell', fields, args)
    await expectOthersAreServed()
  })

  it('is not what it guesses', async () => {
    const { host, slot, generation } = hidden.address
    const other = await greeted()
    const seal = 'A'.repeat(22)
    for (const to of [
      `/~${host}.${slot}.${generation}.${seal}`,
      `/~${host}.${slot}.${generation}`,
      '/~',
    ]) {
      await other.say('ask', ask(1, 'value', to), [])
      expect(await other.hears('failure')).toMatchObject({ body: { code: 'ENOACTOR' } })
    }
    // As refs travel within a process.
    forged.bytes = Buffer.alloc(12)
    forged.bytes.writeUInt32LE(slot, 4)
    forged.bytes.writeUInt32LE(generation, 8)
    await other.say('ask', ask(2, 'valueOf_'), [hidden])
    expect(await other.hears('failure')).toMatchObject({ id: 2, body: { code: 'EBADMSG' } })
  })

  it('is no connection to somebody else', async () => {
    const other = await greeted()
    forged.bytes = Buffer.from('tcp://127.0.0.1:9/value')
    await other.say('ask', ask(1, 'valueOf_'), [hidden])
    expect(await other.hears('failure')).toMatchObject({ body: { code: 'ENODEDOWN' } })
    expect(server.nodes).toHaveLength(1)
    forged.bytes = Buffer.from(`node:${'9'.repeat(32)}/value`)
    await other.say('ask', ask(2, 'valueOf_'), [hidden])
    expect(await other.hears('failure')).toMatchObject({ body: { code: 'ENODEDOWN' } })
  })

  it('may be answered by itself', async () => {
    const other = await greeted()
    forged.bytes = Buffer.from(`node:${other.incarnation}/value`)
    await other.say('ask', ask(1, 'valueOf_'), [hidden])
    const asked = await other.hears('ask')
    expect(asked).toMatchObject({ to: '/value', method: 'value', body: [] })
    expect(asked.remainingMs).toBeLessThanOrEqual(5000)
    await other.say('reply', { id: asked.id }, 17)
    expect(await other.hears('reply')).toMatchObject({ id: 1, body: 17 })
  })

  it.for([
    ['a map', '81a4 6e616d65 01', 'Error', ''],
    ['nothing', 'c0', 'ActorError', 'A node told of a failure, but not of which'],
    ['an error with names of objects', '82a46e616d65a9__proto__', 'Error', ''],
  ])('may fail as the stranger likes: %s', async ([, bytes]) => {
    const other = await greeted()
    forged.bytes = Buffer.from(`node:${other.incarnation}/value`)
    await other.say('ask', ask(1, 'valueOf_'), [hidden])
    const { id } = await other.hears('ask')
    if (bytes!.includes('__'))
      await other.say(
        'failure',
        { id },
        JSON.parse('{"name":"__proto__","message":{},"code":{},"cause":[]}'),
      )
    else
      await other.send(
        Buffer.concat([bytesOf('failure', { id }), Buffer.from(bytes!.replaceAll(' ', ''), 'hex')]),
      )
    expect(await other.hears('failure')).toMatchObject({ id: 1 })
    await expectOthersAreServed()
  })

  it('pollutes nothing', async () => {
    const other = await greeted()
    const evil: unknown = JSON.parse(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    )
    await other.say('ask', ask(1, 'echo'), [evil])
    await other.hears('reply')
    await other.say('hello', { text: 'ringpost', count: 1 }, evil)
    await expectOthersAreServed()
  })

  it('is limited in number', async () => {
    const other = await greeted()
    for (let id = 1; id <= 5; id++) await other.say('ask', ask(id, 'wait', '/gate'), [])
    expect(await other.hears('failure')).toMatchObject({ id: 5, body: { code: 'EOVERFLOW' } })
    for (let id = 11; id <= 13; id++)
      await other.say('stream', { ...ask(id, 'forever'), count: 1 }, [])
    expect(await other.hears('failure')).toMatchObject({ id: 13, body: { code: 'EOVERFLOW' } })
    for (let id = 21; id <= 23; id++) await other.say('watch', { id, to: '/echo' })
    expect(await other.hears('failure')).toMatchObject({ id: 23, body: { code: 'EOVERFLOW' } })
    // What is in use is no number for something else.
    const { dropped } = listening
    for (const id of [1, 11, 21, 0]) await other.say('ask', ask(id, 'echo'), [1])
    await expect.poll(() => listening.dropped).toBe(dropped + 4)
    for (const id of [1, 11, 21]) await other.say('cancel', { id })
    await other.say('ask', ask(31, 'echo'), [1])
    expect(await other.hears('reply')).toMatchObject({ id: 31 })
  })

  it('is held up when a mailbox is full, and dropped when there is too much', async () => {
    const small = await server.spawn(gate.with({ mailbox: 2 }))
    server.expose('small', small)
    const letters: DeadLetter[] = []
    server.events.subscribe((event) => {
      if (event.type === 'dead letter') letters.push(event)
    })
    const other = await greeted()
    await other.say('ask', ask(1, 'wait', '/small'), [])
    for (let n = 0; n < 20; n++) await other.say('tell', { to: '/small', method: 'pass' }, [])
    expect(await other.hears('pause')).toMatchObject({ to: '/small' })
    await expect.poll(() => listening.dropped).toBeGreaterThan(10)
    openGates()
    expect(await other.hears('resume')).toMatchObject({ to: '/small' })
    await other.say('ask', ask(2, 'passed', '/small'), [])
    let reply = await other.hears('reply')
    // That of the ask which held it up comes before or after `resume`.
    if (reply.id === 1) reply = await other.hears('reply')
    const { body } = reply
    await other.say('ask', ask(3, 'passed', '/small'), [])
    // Those that were held are handed over before `resume`.
    expect(await other.hears('reply')).toMatchObject({ body })
    expect(body).toBe(20 - listening.dropped)
    expect(letters).toHaveLength(listening.dropped)
    expect(letters[0]).toMatchObject({ reason: 'overflow', method: 'pass' })
    expect(letters[0]!.actor.equals(small as never)).toBe(true)
  })

  it('is no item more than it has credit for', async () => {
    const other = await greeted()
    await other.say('stream', { ...ask(1, 'forever'), count: 3 }, [])
    for (const body of [0, 1, 2]) expect(await other.hears('item')).toMatchObject({ id: 1, body })
    await other.say('credit', { id: 1, count: 1 })
    expect(await other.hears('item')).toMatchObject({ id: 1, body: 3 })
    await other.say('cancel', { id: 1 })
    await other.say('ask', ask(2, 'whenLeft'), [])
    expect(await other.hears('reply')).toMatchObject({ id: 2, body: true })
  })
})

describe('a stranger that does not keep to the protocol', () => {
  it('loses its connection, and only its own, when it does not read', async () => {
    const other = stranger(undefined, { receiveHighWaterMark: 1 })
    await other.hello({ maxBytes: 2_000_000 })
    const blob = Buffer.alloc(900_000)
    // It connects again by itself: how long it has no connection is not for this test to say.
    const disconnected = new Promise((resolve) => other.socket.events.on('disconnect', resolve))
    let isSending = true
    const sending = (async () => {
      for (let id = 1; isSending; id++) await other.say('ask', ask(id, 'echo'), [blob])
    })().catch(() => undefined)
    await disconnected
    isSending = false
    await expectOthersAreServed()
    other.close()
    await sending
  })

  it('loses its connection when it sends too much at once', async () => {
    const other = await greeted()
    const disconnected = new Promise((resolve) => other.socket.events.on('disconnect', resolve))
    await other.say('ask', ask(1, 'echo'), [Buffer.alloc(1_100_000)])
    await disconnected
    await expectOthersAreServed()
  })

  it('loses a stream of which it sends more than it has credit for', async () => {
    const other = await greeted()
    const items = server.nodes[0]!.ref<typeof echo>('/numbers').stream.forever()
    const first = items.next()
    const { id, count } = await other.hears('stream')
    for (let n = 0; n <= count + 1; n++) await other.say('item', { id }, n)
    expect(await other.hears('cancel')).toMatchObject({ id })
    expect(await first).toEqual({ done: false, value: 0 })
    for (let n = 1; n <= count; n++) expect(await items.next()).toEqual({ done: false, value: n })
    await expect(items.next()).rejects.toMatchObject({ code: 'EBADMSG' })
    await expectOthersAreServed()
  })

  it('is told of each message that is none', async () => {
    const other = await greeted()
    await other.send(Buffer.from('garbage'))
    expect(await other.hears('error')).toMatchObject({ code: 'EBADMSG' })
    // What comes before it in the frame counts, what comes after it does not.
    const good = bytesOf('ask', ask(1, 'echo'), ['x'])
    await other.send(Buffer.concat([good, Buffer.from('c1', 'hex'), good]), good)
    expect(await other.hears('error')).toMatchObject({ code: 'EBADMSG' })
    expect(await other.hears('reply')).toMatchObject({ id: 1 })
    expect(listening.dropped).toBe(2)
    // Errors are not answered.
    await other.say('error', { code: 'EBADMSG', text: 'no, you' })
    await other.say('ask', ask(2, 'echo'), ['y'])
    expect(await other.hears('reply')).toMatchObject({ id: 2 })
  })

  it('does no harm, whatever it sends', async () => {
    const random = seeded(20_261_127)
    const seeds = [
      bytesOf('ask', ask(1, 'echo'), [{ a: [1, 'x', null], b: Buffer.from('yz') }]),
      bytesOf('stream', { ...ask(2, 'forever'), count: 2 }, []),
      bytesOf('send', ask(3, 'keep'), [new Map([[1, new Set(['x'])]])]),
      bytesOf('tell', { to: '/echo', method: 'fail' }, ['x']),
      bytesOf('watch', { id: 4, to: '/echo' }),
      bytesOf('spawn', { id: 5, method: 'counter' }, [1]),
      bytesOf('stop', { id: 6, to: '/echo', count: 0 }),
      bytesOf('reply', { id: 1 }, 1),
      bytesOf('item', { id: 1 }, 1),
      bytesOf('down', { id: 1 }, {}),
      bytesOf('credit', { id: 2, count: 4_000_000_000 }),
      bytesOf('cancel', { id: 2 }),
      bytesOf('pause', { to: '/x' }),
      bytesOf('hello', { text: 'ringpost', count: 1 }, { node: 'f'.repeat(32) }),
    ]
    const names = Object.getOwnPropertyNames(Object.prototype).toSorted()
    const other = await greeted()
    for (let round = 0; round < 1500; round++) {
      const frame = Buffer.from(seeds[random(seeds.length)]!)
      for (let change = random(4); change > 0; change--) frame[random(frame.length)] = random(256)
      await other.send(frame)
    }
    const survivor = await nodes.start()
    const ref = survivor.ref<typeof gate>(`${listening.endpoint}/gate`)
    expect(await ref.ask.passed()).toBe(0)
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(names)
    const down = hidden.down()
    await server.close()
    expect(await down).toMatchObject({ reason: 'stopped' })
  })
})

/** @returns whole numbers below the argument, the same for every run */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
