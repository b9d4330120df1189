import { Context, Pull, Push } from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import { freeTcpEndpoint } from '../support/freeEndpoints.ts'
import { runWith, type Outcome } from '../support/program.ts'
import { describeAbsence } from './absence.ts'

const ended = { errors: '', code: 0, signal: null }
const run = (source: string): Promise<Outcome> => runWith('@ringpost/transport', source)

let pulls: Pull[] = []
afterEach(() => {
  for (const pull of pulls) pull.close()
  pulls = []
})

async function boundPull(): Promise<Pull> {
  const pull = new Pull()
  pulls.push(pull)
  await pull.bind('tcp://127.0.0.1:*')
  return pull
}

/** What a thread does that sends numbers, blocking. */
const sender = `
  thread(\`import(library).then(({ Push }) => {
    const push = new Push()
    push.connect(workerData.endpoint)
    for (let n = 0; n < 1000; n++) push.sendSync(String(n))
  })\`, { workerData: { endpoint: pull.lastEndpoint } })
`

describeAbsence({ interval: 50, timeout: 2000, seconds: 3 })

describe('with a thread for I/O', () => {
  it('calls may block, on both sides', async () => {
    const outcome = await run(`
      const { Pull } = await import(library)
      const pull = new Pull()
      pull.bindSync('tcp://127.0.0.1:*')
      ${sender}
      let sum = 0
      for (let n = 0; n < 1000; n++) sum += Number(pull.receiveSync({ timeout: 30_000 }))
      console.log(sum)
    `)
    expect(outcome).toEqual({ ...ended, lines: ['499500'] })
  })

  it('reconnects while its thread is blocked', async () => {
    const free = await freeTcpEndpoint()
    const outcome = await run(`
      const { Pull } = await import(library)
      const endpoint = '${free}'
      const pull = new Pull({ reconnectInterval: 10 })
      pull.connect(endpoint)
      thread(\`import(library).then(({ Push }) => {
        for (const text of ['first', 'second']) {
          const push = new Push()
          push.bindSync(workerData.endpoint)
          push.sendSync(text)
          push.close()
        }
      })\`, { workerData: { endpoint } })
      console.log(String(pull.receiveSync({ timeout: 30_000 })))
      console.log(String(pull.receiveSync({ timeout: 30_000 })))
    `)
    expect(outcome).toEqual({ ...ended, lines: ['first', 'second'] })
  })

  it.each([
    ['comes to its end', ''],
    ['is told to exit', 'process.exit()'],
    ['closes its socket', 'push.close()'],
  ])('a process that %s delivers what it has sent', async (_, last) => {
    const pull = await boundPull()
    const running = run(`
      const { Push } = await import(library)
      const push = new Push({ sendHighWaterMark: 0 })
      push.connect(${JSON.stringify(pull.lastEndpoint)})
      for (let n = 0; n < 3000; n++) await push.send(String(n))
      ${last}
    `)
    for (let n = 0; n < 3000; n++) expect(String(await pull.receive())).toBe(String(n))
    expect(await running).toMatchObject({ code: 0, lines: [] })
  })

  it('a thread that comes to its end says so when it has to wait, and delivers all the same', async () => {
    const free = await freeTcpEndpoint()
    const outcome = await run(`
      const { Pull } = await import(library)
      const endpoint = '${free}'
      const told = new Int32Array(new SharedArrayBuffer(4))
      thread(\`import(library).then(({ Push }) => {
        const fs = require('node:fs')
        const { writeSync } = fs
        fs.writeSync = (...given) => {
          if (String(given[1]).includes('Waiting until messages')) console.log('told')
          Atomics.store(workerData.told, 0, 1)
          Atomics.notify(workerData.told, 0)
          return writeSync(...given)
        }
        require('node:module').syncBuiltinESMExports()
        const push = new Push({ reconnectInterval: 10 })
        push.connect(workerData.endpoint)
        push.sendSync('late')
      })\`, { workerData: { endpoint, told } })
      Atomics.wait(told, 0, 0)
      const late = new Pull()
      late.bindSync(endpoint)
      console.log(String(late.receiveSync({ timeout: 30_000 })))
    `)
    expect(outcome.lines.toSorted()).toEqual(['late', 'told'])
    expect(outcome).toMatchObject(ended)
  })

  it('a process does not wait for a peer that never comes, longer than linger says', async () => {
    const free = await freeTcpEndpoint()
    const outcome = await run(`
      const { Push } = await import(library)
      const endpoint = '${free}'
      for (const linger of [0, 50]) {
        const push = new Push({ linger })
        push.connect(endpoint)
        await push.send('nobody is there')
        push.close()
      }
      const unused = new Push()
      unused.connect(endpoint)
      unused.close()
    `)
    expect(outcome).toEqual({ ...ended, lines: [] })
  })

  it('says what is wrong with an endpoint', async () => {
    const pull = await boundPull()
    const taken = pull.lastEndpoint!
    const other = new Pull()
    pulls.push(other)
    const inUse = { name: 'SocketError', code: 'EADDRINUSE', address: taken }
    await expect(other.bind(taken)).rejects.toMatchObject(inUse)
    expect(() => other.bindSync(taken)).toThrow(expect.objectContaining(inUse))
    const wrong = { name: 'SocketError', code: 'EINVAL', address: 'tcp://nowhere' }
    await expect(other.bind('tcp://nowhere')).rejects.toMatchObject(wrong)
    expect(() => other.connect('tcp://nowhere')).toThrow(expect.objectContaining(wrong))
  })

  it('tells what happens to connections', async () => {
    const pull = new Pull()
    const types: string[] = []
    const addresses = new Set<string>()
    const watching = (async () => {
      for await (const event of pull.events) {
        types.push(event.type)
        if ('address' in event) addresses.add(event.address)
        if (event.type === 'disconnect') pull.close()
      }
    })()
    await pull.bind('tcp://127.0.0.1:*')
    const push = new Push()
    push.connect(pull.lastEndpoint!)
    await push.send('hello')
    await pull.receive()
    const endpoint = pull.lastEndpoint
    push.close()
    await watching
    expect([...addresses]).toEqual([endpoint])
    expect(types).toEqual(['bind', 'accept', 'handshake', 'disconnect', 'close', 'end'])
  })

  it('tells of its own connection however many strangers have come while its thread computed', async () => {
    const free = await freeTcpEndpoint()
    const outcome = await run(`
      const { Dealer, Router } = await import(library)
      const endpoint = '${free}'
      const flooded = new Router()
      flooded.bindSync('tcp://127.0.0.1:*')
      const port = Number(flooded.lastEndpoint.split(':').at(-1))
      const dealer = new Dealer({ immediate: true, reconnectInterval: 10 })
      const told = new Promise((resolve) => dealer.events.on('handshake', resolve))
      dealer.connect(endpoint)
      const there = new Int32Array(new SharedArrayBuffer(4))
      const peer = thread(\`import(library).then(async ({ Router }) => {
        const { connect } = require('node:net')
        const come = (resolve) => {
          const stranger = connect(workerData.port, '127.0.0.1', () => stranger.destroy())
          stranger.on('close', resolve)
        }
        for (let n = 0; n < 1100; n++) await new Promise(come)
        const router = new Router()
        // The other one may come before the call has returned.
        const { events } = router
        router.bindSync(workerData.endpoint)
        while ((await events.receive()).type !== 'handshake');
        Atomics.store(workerData.there, 0, 1)
        Atomics.notify(workerData.there, 0)
        await router.receive()
        router.close()
      })\`, { workerData: { port, endpoint, there } })
      Atomics.wait(there, 0, 0)
      await told
      await dealer.send('done')
      await once(peer, 'exit')
      dealer.close()
      flooded.close()
      console.log('told')
    `)
    expect(outcome).toEqual({ ...ended, lines: ['told'] })
  })

  it('leaves nothing behind when the thread of the sockets is terminated', async () => {
    const outcome = await run(`
      const { Pull, Push, context } = await import(library)
      const pull = new Pull()
      pull.bindSync('tcp://127.0.0.1:*')
      const gone = async () => {
        while ((await pull.events.receive()).type !== 'disconnect');
      }
      const round = async () => {
        const lost = gone()
        const worker = thread(\`import(library).then(({ Pair, Push }) => {
          const push = new Push()
          push.connect(workerData.endpoint)
          push.sendSync('here')
          new Pair().receiveSync()
        })\`, { workerData: { endpoint: pull.lastEndpoint } })
        await pull.receive()
        await worker.terminate()
        await lost
      }
      await round()
      const before = context.memory.usedBytes
      for (let n = 0; n < 2; n++) await round()
      // The thread that does I/O may be about to give back the last of it.
      while (context.memory.usedBytes > before) await new Promise(setImmediate)
      console.log('nothing')
    `)
    expect(outcome).toEqual({ ...ended, lines: ['nothing'] })
  })
})

describe('a thread for I/O that has failed', () => {
  it('keeps nobody waiting, and another one takes its place', async () => {
    const outcome = await run(`
      const { Pull, Push } = await import(library)
      let io
      process.once('worker', (worker) => (io = worker))
      const [first, second] = [new Pull(), new Pull()]
      for (const pull of [first, second]) await pull.bind('tcp://127.0.0.1:*')
      await io.terminate()
      await first.unbind(first.lastEndpoint)
      second.unbindSync(second.lastEndpoint)
      await second.bind('tcp://127.0.0.1:*')
      const push = new Push()
      push.connect(second.lastEndpoint)
      await push.send('goes on')
      console.log(String(await second.receive()))
      for (const socket of [first, second, push]) socket.close()
    `)
    expect(outcome).toEqual({ ...ended, lines: ['goes on'] })
  })
})

describe('a thread for I/O that cannot begin', () => {
  it('is told to who binds, with the way to do without it', async () => {
    const outcome = await run(`
      const { context, Pull, Push } = await import(library)
      process.once('worker', (worker) => void worker.terminate())
      const pull = new Pull()
      await pull.bind('tcp://127.0.0.1:*').catch(({ code, message }) => console.log(code, message))
      context.ioThreads = 0
      await pull.bind('tcp://127.0.0.1:*')
      const push = new Push()
      push.connect(pull.lastEndpoint)
      await push.send('without')
      console.log(String(await pull.receive()))
      for (const socket of [pull, push]) socket.close()
    `)
    const told = /^EMTHREAD No thread available: .* set context\.ioThreads to 0 to do without one$/
    expect(outcome).toEqual({
      ...ended,
      lines: [expect.stringMatching(told) as string, 'without'],
    })
  })
})

describe('a thread for I/O that ends by an error', () => {
  it('does not end the process: its sockets are told, and what it was', async () => {
    const outcome = await run(`
      const { Pull, Push } = await import(library)
      let io
      process.once('worker', (worker) => (io = worker))
      const pull = new Pull()
      await pull.bind('tcp://127.0.0.1:*')
      const [push, other] = [new Push({ linger: 0 }), new Push({ linger: 0 })]
      for (const each of [push, other]) each.connect(pull.lastEndpoint)
      await push.send('here')
      await pull.receive()
      other.close()
      const told = async ({ events }, type) => {
        for (;;) {
          const event = await events.receive()
          if (event.type === type && event.error !== undefined) return event
        }
      }
      const events = [told(pull, 'accept:error'), told(push, 'disconnect')]
      // As a thread does that fails.
      io.emit('error', new RangeError('out of bounds'))
      await io.terminate()
      for (const { error, address } of await Promise.all(events)) {
        console.log(error.code, error.cause.message, address === pull.lastEndpoint)
      }
      for (const socket of [pull, push]) socket.close()
    `)
    const line = 'EMTHREAD out of bounds true'
    expect(outcome).toEqual({ ...ended, lines: [line, line] })
  })
})

describe('without a thread for I/O', () => {
  it('a call that would block to wait for it fails', async () => {
    const context = new Context({ ioThreads: 0 })
    const pull = new Pull({ context })
    pulls.push(pull)
    await pull.bind('tcp://127.0.0.1:*')
    expect(() => pull.receiveSync()).toThrow(expect.objectContaining({ code: 'EMTHREAD' }))
    expect(() => pull.receiveSync({ timeout: 0 })).toThrow(
      expect.objectContaining({ code: 'EAGAIN' }),
    )
    const push = new Push({ context })
    push.connect(pull.lastEndpoint!)
    await push.send('hello')
    expect(String(await pull.receive())).toBe('hello')
    push.close()
  })
})
