import { describe, expect, it } from 'vitest'
import { run } from '../support/program.ts'

const ended = { errors: '', code: 0, signal: null }

describe('a process', () => {
  it('ends by itself with idle sockets, bound, connected and waiting for their name', async () => {
    const outcome = await run(`
      const { Pull, Push, Publisher, Subscriber, Router, Dealer } = await import(library)
      const sockets = [new Pull(), new Push(), new Publisher(), new Subscriber(), new Router(), new Dealer()]
      sockets[0].bindSync('inproc://pipeline')
      sockets[1].connect('inproc://pipeline')
      sockets[2].bindSync('inproc://news')
      sockets[3].subscribe('')
      sockets[3].connect('inproc://news')
      sockets[4].bindSync('inproc://router')
      sockets[5].connect('inproc://nobody')
      await sockets[1].send('one')
      console.log(String(await sockets[0].receive()))
      await sockets[1].send('nobody will receive this')
      await sockets[5].send('nor this')
    `)
    expect(outcome).toEqual({ ...ended, lines: ['one'] })
  })

  it('lives as long as a receive waits', async () => {
    const outcome = await run(`
      const { Pull, Push } = await import(library)
      const pull = new Pull()
      pull.bindSync('inproc://here')
      const push = new Push()
      push.connect('inproc://here')
      setTimeout(() => push.send('late'), 100).unref()
      pull.receive().then((message) => console.log(String(message)))
    `)
    expect(outcome).toEqual({ ...ended, lines: ['late'] })
  })

  it('lives as long as a send waits', async () => {
    const outcome = await run(`
      const { Pull, Push } = await import(library)
      const push = new Push()
      push.bindSync('inproc://here')
      setTimeout(() => new Pull().connect('inproc://here'), 100).unref()
      push.send('late').then(() => console.log('sent'))
    `)
    expect(outcome).toEqual({ ...ended, lines: ['sent'] })
  })

  it('lives as long as a loop of another socket waits, and not longer', async () => {
    const outcome = await run(`
      const { Pair } = await import(library)
      const [one, two] = [new Pair(), new Pair()]
      one.bindSync('inproc://here')
      two.connect('inproc://here')
      setTimeout(() => two.send('late'), 50).unref()
      for await (const message of one) {
        console.log(String(message))
        setTimeout(() => one.close(), 50).unref()
      }
      console.log('closed')
    `)
    expect(outcome).toEqual({ ...ended, lines: ['late', 'closed'] })
  })

  it('does not live on for what had been waited for', async () => {
    const outcome = await run(`
      const { Pull } = await import(library)
      const pull = new Pull({ receiveTimeout: 20 })
      pull.bindSync('inproc://here')
      await pull.receive().catch(({ code }) => console.log(code))
      const closing = new Pull()
      const receiving = closing.receive().catch(({ code }) => console.log(code))
      closing.close()
      await receiving
    `)
    expect(outcome).toEqual({ ...ended, lines: ['EAGAIN', 'EAGAIN'] })
  })

  it('keeps its exit code, whatever waits', async () => {
    const outcome = await run(`
      const { Pull, Push } = await import(library)
      const pull = new Pull()
      pull.bindSync('inproc://here')
      const push = new Push()
      push.connect('inproc://nobody')
      await push.send('never received')
      pull.receive()
      process.on('exit', (code) => {
        console.log(code, pull.closed)
        pull.close()
        push.close()
        console.log(pull.closed)
      })
      setImmediate(() => process.exit(3))
    `)
    expect(outcome).toEqual({ ...ended, code: 3, lines: ['3 false', 'true'] })
  })

  it('ends with its error when one is thrown', async () => {
    const outcome = await run(`
      const { Pull } = await import(library)
      const pull = new Pull()
      pull.bindSync('inproc://here')
      pull.receive()
      setImmediate(() => { throw new Error('on purpose') })
    `)
    expect(outcome).toMatchObject({ code: 1, signal: null, lines: [] })
    expect(outcome.errors).toContain('on purpose')
  })

  it('ends when it is told to, with threads that are blocked', async () => {
    const outcome = await run(`
      for (const call of ['new Pull().receiveSync()', 'new Push().sendSync("to nobody")']) {
        const one = thread(
          'import(library).then(({ Pull, Push }) => { parentPort.postMessage("blocks"); ' + call + ' })',
        )
        await once(one, 'message')
      }
      console.log('now')
      process.exit(4)
    `)
    expect(outcome).toEqual({ ...ended, code: 4, lines: ['now'] })
  })

  it('ends when it is told to, with threads that are blocked and answer for the context', async () => {
    const outcome = await run(`
      const sleeping = new Int32Array(new SharedArrayBuffer(4))
      for (const call of ['new Pull().receiveSync()', 'new Push().sendSync("to nobody")']) {
        thread(
          'const { wait } = Atomics; import(library).then(({ Pull, Push }) => {' +
            'Atomics.wait = (...given) => {' +
            ' Atomics.add(workerData.sleeping, 0, 1); Atomics.notify(workerData.sleeping, 0);' +
            ' return wait(...given) };' + call + ' })',
          { workerData: { sleeping } },
        )
      }
      // Each of them has slept twice: its registrar is there.
      for (let n; (n = Atomics.load(sleeping, 0)) < 4;) await Atomics.waitAsync(sleeping, 0, n).value
      console.log('now')
      process.exit(4)
    `)
    expect(outcome).toEqual({ ...ended, code: 4, lines: ['now'] })
  })
})

describe('a thread', () => {
  const ends = (body: string, count = 1): Promise<unknown> =>
    run(`
      const { Pair, context } = await import(library)
      const before = context.memory.usedBytes
      for (let i = 0; i < ${count}; i++) {
        const one = thread(
          'import(library).then(async ({ Pair, context }) => {' +
            'const pair = new Pair(); pair.bindSync("inproc://here"); ' + ${JSON.stringify(body)} + '})',
          { stderr: true },
        )
        one.on('error', ({ message }) => console.log(message))
        const code = await new Promise((resolve) => one.once('exit', resolve))
        const pair = new Pair()
        pair.bindSync('inproc://here')
        pair.close()
        console.log(code, context.memory.usedBytes - before)
      }
    `)

  it('ends by itself with an idle socket, and gives its endpoint back', async () => {
    expect(await ends('', 3)).toEqual({ ...ended, lines: ['0 0', '0 0', '0 0'] })
  })

  it('ends by itself with messages that nobody receives', async () => {
    const body = `const other = new Pair(); other.connect("inproc://here")
      await other.send(Buffer.alloc(100_000)); await other.send(["x", Buffer.alloc(1_000_000)])`
    expect(await ends(body)).toEqual({ ...ended, lines: ['0 0'] })
  })

  it('ends by itself with frames that it holds', async () => {
    const body = `const other = new Pair(); other.connect("inproc://here")
      globalThis.held = [context.allocate(5000), context.allocate(5_000_000)]
      await other.send(Buffer.alloc(100_000)); await other.send("small")
      held.push(await pair.receiveShared(), await pair.receiveManyShared())`
    expect(await ends(body)).toEqual({ ...ended, lines: ['0 0'] })
  })

  it('keeps its exit code, with a receive that waits', async () => {
    const body = `pair.receive(); setImmediate(() => process.exit(5))`
    expect(await ends(body)).toEqual({ ...ended, lines: ['5 0'] })
  })

  it('ends with its error when one is thrown', async () => {
    const body = `pair.receive(); setImmediate(() => { throw new Error("on purpose") })`
    expect(await ends(body)).toEqual({ ...ended, lines: ['on purpose', '1 0'] })
  })

  it('may close its sockets when it exits', async () => {
    const body = `process.on("exit", () => pair.close()); pair.receive().catch(() => undefined)
      setImmediate(() => process.exit(6))`
    expect(await ends(body)).toEqual({ ...ended, lines: ['6 0'] })
  })

  it('ends by itself after it was blocked and has answered for the context', async () => {
    const outcome = await run(`
      const one = thread(
        'import(library).then(({ Pull }) => { try { new Pull().receiveSync({ timeout: 1 }) }' +
          'catch ({ code }) { parentPort.postMessage(code) } })',
      )
      one.on('message', (code) => console.log(code))
      console.log((await once(one, 'exit'))[0])
    `)
    expect(outcome).toEqual({ ...ended, lines: ['EAGAIN', '0'] })
  })

  it('that waits for a message lives until it comes', async () => {
    const outcome = await run(`
      const { Pair } = await import(library)
      const pair = new Pair()
      pair.bindSync('inproc://here')
      const one = thread(
        'import(library).then(async ({ Pair }) => { const pair = new Pair(); pair.connect("inproc://here");' +
          'await pair.send("ready"); await pair.receive() })',
      )
      const exit = once(one, 'exit')
      await pair.receive()
      await pair.send('go')
      console.log((await exit)[0])
    `)
    expect(outcome).toEqual({ ...ended, lines: ['0'] })
  })
})
