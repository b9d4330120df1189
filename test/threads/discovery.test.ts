import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Context, Pull, Push } from '@ringpost/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../support/program.ts'
import { thrownBy } from '../support/suiteErrors.ts'
import { urlOf } from '../support/suiteModule.ts'

/** A thread that sends one message, from whatever context it finds. */
const sender = (text: string): string =>
  `import(library).then(async ({ Push }) => {
    const push = new Push()
    push.connect('inproc://here')
    push.sendSync('${text}')
    push.close()
  });`

const quiet = { errors: '', code: 0, signal: null }

describe('the context of a process', () => {
  it('is found by threads that are started later', async () => {
    const outcome = await run(`
      const { Pull } = await import(library)
      const pull = new Pull()
      await pull.bind('inproc://here')
      thread(${JSON.stringify(sender('later'))})
      console.log(String(await pull.receive()))
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['later'] })
  })

  it('is found by threads that were running before anybody had loaded the library', async () => {
    const outcome = await run(`
      const one = thread('parentPort.once("message", () => {' + ${JSON.stringify(sender('before'))} + '})')
      await once(one, 'online')
      const { Pull } = await import(library)
      const pull = new Pull()
      await pull.bind('inproc://here')
      one.postMessage('now')
      console.log(String(await pull.receive()))
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['before'] })
  })

  it('is found by the main thread when a thread has loaded the library first', async () => {
    const outcome = await run(`
      const one = thread(
        'import(library).then(async ({ Pair }) => {' +
          'const pair = new Pair(); await pair.bind("inproc://here"); parentPort.postMessage("bound");' +
          'await pair.send(await pair.receive()); pair.close() })',
      )
      await once(one, 'message')
      const { Pair } = await import(library)
      const pair = new Pair()
      pair.connect('inproc://here')
      await pair.send('first')
      console.log(String(await pair.receive()))
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['first'] })
  })

  it('is one for threads that load the library at the same time, the main thread never', async () => {
    const outcome = await run(`
      const pull = thread(
        'import(library).then(async ({ Pull }) => {' +
          'const pull = new Pull(); await pull.bind("inproc://here");' +
          'const texts = []; while (texts.length < 5) texts.push(String(await pull.receive()));' +
          'parentPort.postMessage(texts.sort().join(" ")) })',
      )
      const answer = once(pull, 'message')
      // They stay until all is received: what a context holds ends with the last thread that has it.
      const senders = ${JSON.stringify([1, 2, 3, 4, 5].map((i) => sender(`at-once-${i}`)))}.map(
        (source) => thread(source + 'parentPort.once("message", () => {})'),
      )
      console.log((await answer)[0])
      for (const one of senders) one.postMessage('done')
    `)
    const lines = ['at-once-1 at-once-2 at-once-3 at-once-4 at-once-5']
    expect(outcome).toEqual({ ...quiet, lines })
  })

  it('is found while the threads that have it are blocked, the main thread has it never', async () => {
    const outcome = await run(`
      const first = thread(
        'import(library).then(({ Pull }) => {' +
          'const pull = new Pull(); pull.bindSync("inproc://here"); parentPort.postMessage("bound");' +
          'parentPort.postMessage([1, 2, 3].map(() => String(pull.receiveSync())).join(" ")) })',
      )
      await once(first, 'message')
      const answer = once(first, 'message')
      for (const text of ['one', 'two', 'three']) {
        const next = thread(${JSON.stringify(sender('TEXT'))}.replace('TEXT', text))
        await once(next, 'exit')
      }
      console.log((await answer)[0])
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['one two three'] })
  })

  it('is found while the thread that has it is blocked in another context', async () => {
    const outcome = await run(`
      const first = thread(
        'import(library).then(({ Context, Pull }) => {' +
          'const pull = new Pull(); pull.bindSync("inproc://here"); const context = new Context();' +
          'const other = new Pull({ context }); other.bindSync("inproc://other");' +
          'parentPort.postMessage(context.handle);' +
          'parentPort.postMessage([other, pull].map((socket) => String(socket.receiveSync())).join(" ")) })',
      )
      const [handle] = await once(first, 'message')
      const second = ${JSON.stringify(sender('found'))} +
        'import(library).then(({ Context, Push }) => {' +
        'const push = new Push({ context: Context.from(workerData.handle) });' +
        'push.connect("inproc://other"); push.sendSync("blocked"); push.close() })'
      thread(second, { workerData: { handle } })
      console.log((await once(first, 'message'))[0])
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['blocked found'] })
  })

  it('is found while the threads that have it are blocked, when the first of them is gone', async () => {
    const outcome = await run(`
      const receive = (name) =>
        'import(library).then(({ Pull }) => {' +
        'const pull = new Pull(); pull.bindSync("inproc://' + name + '"); parentPort.postMessage("bound");' +
        'parentPort.postMessage(String(pull.receiveSync())) })'
      const [one, two, three] = ['there', 'here', 'elsewhere'].map((name) => receive(name))
      const first = thread(one)
      await once(first, 'message')
      const second = thread(two)
      await once(second, 'message')
      const third = thread(three)
      await once(third, 'message')
      const answer = once(second, 'message')
      await first.terminate()
      await once(thread(${JSON.stringify(sender('still there'))}), 'exit')
      console.log((await answer)[0])
      await third.terminate()
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['still there'] })
  })

  it('is found by who asks when the thread that has it has just fallen asleep', async () => {
    const outcome = await run(`
      const words = new SharedArrayBuffer(8)
      // In time for nobody: this thread sleeps, and its registrar has yet to join the channel.
      thread(
        'const { BroadcastChannel } = require("node:worker_threads"); const { wait } = Atomics;' +
          'import(library).then(({ Pull }) => {' +
          'const { words } = workerData; const candidate = new SharedArrayBuffer(1);' +
          'const channel = new BroadcastChannel("ringpost.context.1");' +
          'Atomics.wait = (...given) => {' +
          ' Atomics.wait = wait; channel.postMessage({ words, candidate, threadId: 0 });' +
          ' return wait(...given) };' +
          'new Pull().receiveSync() })',
        { workerData: { words } },
      )
      await Atomics.waitAsync(new Int32Array(words), 1, 0).value
      console.log('answered')
      process.exit()
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['answered'] })
  })

  it('costs a blocked thread that has it no wake-up', async () => {
    const outcome = await run(`
      const first = thread(
        'import(library).then(({ Pull }) => {' +
          'const pull = new Pull(); pull.bindSync("inproc://here");' +
          'const { wait } = Atomics; const sleeps = [];' +
          'Atomics.wait = (words, at, value, timeoutMs) => {' +
          ' sleeps.push(timeoutMs); return wait(words, at, value, timeoutMs) };' +
          'parentPort.postMessage("bound"); pull.receiveSync(); parentPort.postMessage(sleeps) })',
      )
      await once(first, 'message')
      const answer = once(first, 'message')
      await once(thread(${JSON.stringify(sender('wakes'))}), 'exit')
      const [sleeps] = await answer
      // Until its registrar listens, until somebody has connected, until there is a message.
      console.log(sleeps.length <= 3, new Set(sleeps))
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['true Set(1) { Infinity }'] })
  })

  it('is refused to a thread that knows of it and is given no answer: no second one is made', async () => {
    const outcome = await run(`
      const words = new SharedArrayBuffer(4)
      const early = thread(
        'const { wait } = Atomics;' +
          // Five seconds are as good as one.
          'Atomics.wait = (words, at, value, timeoutMs) => wait(words, at, value, Math.min(timeoutMs, 1000));' +
          'parentPort.once("message", async (handle) => {' +
          'const tried = []; const attempt = (act) => { try { act(); tried.push("done") }' +
          'catch ({ name, code, message }) { tried.push(name, code, message.includes("context.handle")) } };' +
          'const { context, Context, Pull, Push } = await import(library);' +
          'attempt(() => new Pull()); attempt(() => context.handle); attempt(() => context.allocate(1));' +
          'attempt(() => { context.ipv6 = true }); attempt(() => context.shutdown());' +
          'attempt(() => { const push = new Push({ context: Context.from(handle) });' +
          'push.connect("inproc://here"); push.sendSync("handed over"); push.close() });' +
          'parentPort.postMessage(tried.join(" "));' +
          'Atomics.store(workerData.words, 0, 1); Atomics.notify(workerData.words, 0) })',
        { workerData: { words: new Int32Array(words) } },
      )
      await once(early, 'online')
      const { context, Pull } = await import(library)
      const pull = new Pull()
      pull.bindSync('inproc://here')
      const answer = once(early, 'message')
      early.postMessage(context.handle)
      Atomics.wait(new Int32Array(words), 0, 0)
      console.log((await answer)[0])
      console.log(String(await pull.receive()), context.isShutDown)
    `)
    const refused = 'SocketError EFAULT true'
    const lines = [`${Array(5).fill(refused).join(' ')} done`, 'handed over false']
    expect(outcome).toEqual({ ...quiet, lines })
  })

  it('is found by threads of threads, even when those between do not load the library', async () => {
    const outcome = await run(`
      const { Pull } = await import(library)
      const pull = new Pull()
      await pull.bind('inproc://here')
      const inner = ${JSON.stringify(sender('nested'))}
      const nest = (source) =>
        'new Worker(' +
        JSON.stringify('const { workerData, Worker } = require("node:worker_threads"); const { library } = workerData;' + source) +
        ', { eval: true, execArgv: [], workerData });'
      thread(nest(inner))
      thread('import(library).then(() => {' + nest(nest(inner)) + '})')
      console.log(String(await pull.receive()), String(await pull.receive()))
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['nested nested'] })
  })

  it('is found by CommonJS, in the main thread and in others', async () => {
    const outcome = await run(`
      import { createRequire } from 'node:module'
      const { Pull } = createRequire(libraryPath)(libraryPath)
      const pull = new Pull()
      await pull.bind('inproc://here')
      thread(
        'const { Push } = require(libraryPath); const push = new Push();' +
          'push.connect("inproc://here"); push.sendSync("required"); push.close()',
      )
      console.log(String(await pull.receive()))
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['required'] })
  })
})

describe('a second copy of the library', () => {
  let folder: string
  let copy: string
  const here = dirname(fileURLToPath(urlOf('@ringpost/core')))

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringpost-'))
    await cp(here, folder, { recursive: true })
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    copy = pathToFileURL(join(folder, 'index.js')).href
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('shares the context, in the same thread and in another one', async () => {
    const outcome = await run(`
      const [{ Pull, Push }, copy] = await Promise.all([import(library), import('${copy}')])
      const pull = new copy.Pull()
      await pull.bind('inproc://here')
      const push = new Push()
      push.connect('inproc://here')
      await push.send('over')
      console.log(copy.Pull === Pull, String(await pull.receive()))
      const receiving = pull.receive()
      await push.send('and out')
      console.log(String(await receiving))
      try { new Pull().bindSync('inproc://here') } catch ({ code }) { console.log(code) }
      thread(${JSON.stringify(sender('of a thread'))}, { workerData: { library: '${copy}' } })
      console.log(String(await pull.receive()))
    `)
    const lines = ['false over', 'and out', 'EADDRINUSE', 'of a thread']
    expect(outcome).toEqual({ ...quiet, lines })
  })

  it('gives its memory back to the same context', async () => {
    const outcome = await run(`
      const [core, copy] = await Promise.all([import(library), import('${copy}')])
      const before = core.context.memory.usedBytes
      const [bound, connected] = [new core.Pair(), new copy.Pair()]
      await bound.bind('inproc://here')
      connected.connect('inproc://here')
      await connected.send(Buffer.alloc(1_000_000))
      console.log(copy.context.memory.usedBytes > before + 1_000_000)
      console.log((await bound.receive())[0].length)
      connected.close()
      void bound.readable
      bound.close()
      console.log(core.context.memory.usedBytes - before, copy.context.memory.usedBytes - before)
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['true', '1000000', '0 0'] })
  })

  it('blocks without a registrar where it cannot start one, and warns', async () => {
    await rm(join(folder, 'context/registrar.js'))
    const outcome = await run(`
      const one = thread(
        'parentPort.once("message", () => undefined);' +
          'process.on("warning", ({ code }) => parentPort.postMessage(code));' +
          'import(library).then(({ Pull }) => { try { new Pull().receiveSync({ timeout: 300 }) }' +
          'catch ({ code }) { parentPort.postMessage(code) } })',
        { stderr: true, workerData: { library: '${copy}' } },
      )
      const codes = []
      one.on('message', (code) => codes.push(code) === 2 && one.postMessage('end'))
      await once(one, 'exit')
      console.log(...codes)
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['EAGAIN MODULE_NOT_FOUND'] })
  })
})

describe('contexts of one’s own', () => {
  it('are worlds apart: the same name can be bound in each', async () => {
    const [one, two] = [new Context(), new Context()]
    const pulls = [one, two].map((context) => new Pull({ context }))
    const pushes = [one, two].map((context) => new Push({ context }))
    for (const socket of pulls) await socket.bind('inproc://same')
    for (const socket of pushes) socket.connect('inproc://same')
    await pushes[1]!.send('for two')
    await pushes[0]!.send('for one')
    expect(String(await pulls[0]!.receive())).toBe('for one')
    expect(String(await pulls[1]!.receive())).toBe('for two')
    for (const socket of [...pulls, ...pushes]) socket.close()
  })

  it('reach another thread by their handle, in workerData or in a message', async () => {
    const outcome = await run(`
      const { Context, Pull } = await import(library)
      const context = new Context()
      const pull = new Pull({ context })
      await pull.bind('inproc://here')
      const send = (handle, text) =>
        'import(library).then(({ Context, Push }) => {' +
        'const push = new Push({ context: Context.from(' + handle + ') });' +
        'push.connect("inproc://here"); push.sendSync("' + text + '"); push.close() })'
      thread(send('workerData.handle', 'data'), { workerData: { handle: context.handle } })
      console.log(String(await pull.receive()))
      const second = thread('parentPort.once("message", (handle) => ' + send('handle', 'message') + ')')
      second.postMessage(context.handle)
      console.log(String(await pull.receive()))
    `)
    expect(outcome).toEqual({ ...quiet, lines: ['data', 'message'] })
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['a context', new Context()],
    ['an ordinary buffer', { ringpost: new ArrayBuffer(1 << 16) }],
    ['no buffer', { ringpost: 'x' }],
    ['a shared buffer of something else', { ringpost: new SharedArrayBuffer(1 << 16) }],
    ['a tiny shared buffer', { ringpost: new SharedArrayBuffer(8) }],
    ['an empty shared buffer', { ringpost: new SharedArrayBuffer(0) }],
  ])('cannot be made from %s: EINVAL', (_name, handle) => {
    expect(thrownBy(() => Context.from(handle as never))).toMatchObject({ code: 'EINVAL' })
  })
})
