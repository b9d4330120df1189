import { describe, expect, it } from 'vitest'
import { run } from '../support/program.ts'

/** A thread in a loop of calls, until its timers and files have had their turns. */
const watched = (loop: string): Promise<{ lines: readonly string[] }> =>
  run(`
    const { Pair, Publisher, Pull, Push } = await import(library)
    import { readFile } from 'node:fs/promises'
    const pull = new Pull()
    pull.bindSync('inproc://here')
    const flood = thread(
      'import(library).then(({ Push, Pull }) => {' +
        'const push = new Push(); push.connect("inproc://here"); const drain = new Pull();' +
        'drain.bindSync("inproc://drain"); const message = Buffer.alloc(100);' +
        'const batch = Array(100).fill(message);' +
        'const untilEmptyOrFull = (act) => { try { act() } catch (error) { if (error.code !== "EAGAIN") throw error } };' +
        'for (;;) { untilEmptyOrFull(() => push.sendManySync(batch, { timeout: 0 }));' +
        'untilEmptyOrFull(() => { for (;;) drain.receiveManySync({ timeout: 0 }) }) } })',
    )
    const push = new Push({ sendHighWaterMark: 0 })
    push.connect('inproc://drain')
    await pull.receive()
    let calls = 0
    let ticks = 0
    let files = 0
    const isOver = () => calls >= 100 && ticks >= 20 && files >= 20
    setInterval(() => ticks++, 1).unref()
    const reading = (async () => {
      while (!isOver()) { await readFile(libraryPath); files++ }
    })()
    ${loop}
    await reading
    console.log('over')
    process.exit()
  `)

describe('a thread that is busy with messages', () => {
  it.each([
    ['receives one by one', 'while (!isOver()) { await pull.receive(); calls++ }'],
    ['receives in a loop', 'for await (const message of pull) { calls++; if (isOver()) break }'],
    ['receives batches', 'while (!isOver()) { await pull.receiveMany(); calls++ }'],
    [
      'receives what is lent',
      'while (!isOver()) { (await pull.receiveManyShared()).release(); calls++ }',
    ],
    ['sends one by one', 'while (!isOver()) { await push.send("x".repeat(100)); calls++ }'],
    [
      'sends batches',
      'const batch = Array(100).fill("x"); while (!isOver()) { await push.sendMany(batch); calls++ }',
    ],
    [
      'sends and receives',
      `const [one, two] = [new Pair(), new Pair()]
       one.bindSync('inproc://pair')
       two.connect('inproc://pair')
       while (!isOver()) { await one.send('x'); await two.receive(); calls++ }`,
    ],
    [
      'publishes while topics come and go',
      `const publisher = new Publisher()
       publisher.bindSync('inproc://news')
       thread('import(library).then(({ Subscriber }) => { const subscriber = new Subscriber();' +
         'subscriber.connect("inproc://news");' +
         'for (;;) { subscriber.subscribe("topic"); subscriber.unsubscribe("topic") } })')
       while (!isOver()) { await publisher.send('x'); calls++ }`,
    ],
  ])('%s, has timers and files as well', async (_name, loop) => {
    // It goes on until it has had some turns of the event loop: starved, it never ends.
    expect((await watched(loop)).lines).toEqual(['over'])
  })
})

describe('a thread that is idle', () => {
  it('uses no CPU, with open sockets and receives that wait', async () => {
    const { lines } = await run(`
      const { Pull, Push, Subscriber, Publisher, Reply, context } = await import(library)
      const idle = thread(
        'import(library).then(({ Pull, Push, Publisher, Subscriber, Reply }) => {' +
          'const pull = new Pull(); pull.bindSync("inproc://a"); const push = new Push();' +
          'push.connect("inproc://nobody"); const sub = new Subscriber(); sub.subscribe("");' +
          'sub.connect("inproc://news"); const reply = new Reply(); reply.bindSync("inproc://r");' +
          'pull.receive(); sub.receive(); reply.receive(); parentPort.postMessage("idle") })',
      )
      const blocked = thread(
        'import(library).then(({ Pull }) => {' +
          'const pull = new Pull(); pull.bindSync("inproc://b"); parentPort.postMessage("idle"); pull.receiveSync() })',
      )
      await Promise.all([once(idle, 'message'), once(blocked, 'message')])
      const news = new Publisher()
      news.bindSync('inproc://news')
      const pull = new Pull()
      pull.bindSync('inproc://c')
      pull.receive()
      const push = new Push()
      push.connect('inproc://a')
      // What comes after the start, compilers and collectors, may take its time on busy cores.
      let cpuMs, activeMs
      for (let second = 0; second < 20; second++) {
        const before = process.cpuUsage()
        const loop = idle.performance.eventLoopUtilization()
        await new Promise((resolve) => setTimeout(resolve, 1000))
        const { user, system } = process.cpuUsage(before)
        cpuMs = (user + system) / 1000
        activeMs = idle.performance.eventLoopUtilization(loop).active
        if (cpuMs < 30 && activeMs < 5) break
      }
      console.log(cpuMs, activeMs)
      process.exit()
    `)
    const [cpuMs, activeMs] = lines[0]!.split(' ').map(Number) as [number, number]
    expect(cpuMs).toBeLessThan(30)
    expect(activeMs).toBeLessThan(5)
  })
})
