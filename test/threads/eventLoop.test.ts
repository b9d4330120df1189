import { describe, expect, it } from 'vitest'
import { run } from '../support/program.ts'

/**
 * Counts timers and files of this thread, while a loop of calls goes on until there were enough.
 *
 * Between two timers it is the thread's own time that counts: the system may let others run for as
 * long as it likes. Linux tells it, other systems tell what the time is.
 */
const watching = (loop: string): string => `
  import { readFile } from 'node:fs/promises'
  import { readFileSync } from 'node:fs'
  const ownTime = () => {
    try {
      return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]) / 1e6
    } catch {
      return performance.now()
    }
  }
  const ticks = []
  let files = 0
  const isOver = () => ticks.length > 100
  setInterval(() => ticks.push(ownTime()), 1).unref()
  const reading = (async () => {
    while (!isOver()) { await readFile(libraryPath); files++ }
  })()
  let calls = 0
  ${loop}
  await reading
  const gaps = ticks.slice(1).map((at, i) => at - ticks[i]).sort((a, b) => a - b)
  console.log(JSON.stringify({ nineInTen: gaps.at(gaps.length * 0.9), longest: gaps.at(-1), files, calls }))
  process.exit()
`

function expectTurns(lines: readonly string[]): Record<string, number> {
  const counted = JSON.parse(lines[0] ?? '"never a turn"') as Record<string, number>
  expect(counted).toBeTypeOf('object')
  expect(counted['nineInTen']).toBeLessThan(10)
  // Compilers and collectors take theirs.
  expect(counted['longest']).toBeLessThan(100)
  expect(counted['files']).toBeGreaterThan(3)
  return counted
}

/** A thread that exchanges messages with another one as fast as both can. */
const busy = (loop: string): Promise<{ lines: readonly string[] }> =>
  run(`
    const { Pair, Pull, Push } = await import(library)
    const pull = new Pull()
    pull.bindSync('inproc://here')
    const flood = thread(
      'import(library).then(({ Push, Pull }) => {' +
        'const push = new Push(); push.connect("inproc://here"); const drain = new Pull();' +
        'drain.bindSync("inproc://drain"); const message = Buffer.alloc(100);' +
        'const batch = Array(100).fill(message);' +
        'for (;;) { try { push.sendManySync(batch, { timeout: 0 }) } catch {}' +
        'try { for (;;) drain.receiveManySync({ timeout: 0 }) } catch {} } })',
    )
    const push = new Push({ sendHighWaterMark: 0 })
    push.connect('inproc://drain')
    await pull.receive()
    ${watching(loop)}
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
  ])('%s, has timers and files as well', async (_name, loop) => {
    const { lines } = await busy(loop)
    expect(expectTurns(lines)['calls']).toBeGreaterThan(20)
  })
})

/** What comes to a socket from another thread, without end and faster than it is read. */
const floods = {
  subscriptions: {
    from: 'new Subscriber()',
    send: 'socket.subscribe("topic"); socket.unsubscribe("topic")',
  },
  words: { from: 'new XSubscriber()', send: 'socket.sendManySync(Array(100).fill("words"))' },
  memberships: { from: 'new Dish()', send: 'socket.join("group"); socket.leave("group")' },
  'what it does not want': {
    from: 'new XPublisher({ manual: true })',
    send: `if (socket.readable) { socket.receiveSync(); socket.setStringOption(6, '') }
      socket.sendManySync(Array(100).fill("unwanted"))`,
  },
  'what is no question': {
    from: 'new Dealer()',
    send: 'socket.sendManySync(Array(100).fill("no envelope"))',
  },
} as const

/** A socket whose flood has begun, and calls of this thread meanwhile. */
const flooded = (
  make: string,
  flood: keyof typeof floods,
  loop: string,
): Promise<{ lines: readonly string[] }> =>
  run(`
    const { Publisher, XPublisher, Radio, Subscriber, Reply, Pull, Push } = await import(library)
    const socket = ${make}
    socket.bindSync('inproc://flooded')
    if (socket instanceof Subscriber) socket.subscribe('wanted')
    const pull = new Pull()
    pull.bindSync('inproc://own')
    const push = new Push()
    push.connect('inproc://own')
    await once(
      thread(
        'import(library).then(({ Subscriber, XSubscriber, Dish, XPublisher, Dealer }) => {' +
          'const socket = ${floods[flood].from}; socket.connect("inproc://flooded");' +
          'parentPort.postMessage("now");' +
          ${JSON.stringify(`for (;;) { ${floods[flood].send} } })`)},
      ),
      'message',
    )
        ${watching(loop)}
  `)

describe('a thread that is flooded', () => {
  const own = 'while (!isOver()) { await push.send("x"); await pull.receive(); calls++ }'
  const aside = 'socket.receive().catch(() => undefined);'
  it.each([
    ['PUB', 'new Publisher()', 'subscriptions', 'does nothing', 'await reading'],
    ['PUB', 'new Publisher()', 'subscriptions', 'exchanges messages', own],
    [
      'PUB',
      'new Publisher()',
      'subscriptions',
      'publishes',
      'while (!isOver()) { await socket.send("x"); calls++ }',
    ],
    ['XPUB', 'new XPublisher()', 'subscriptions', 'does nothing', 'await reading'],
    [
      'XPUB',
      'new XPublisher()',
      'subscriptions',
      'receives them',
      'while (!isOver()) { await socket.receiveMany(); calls++ }',
    ],
    ['XPUB', 'new XPublisher()', 'words', 'exchanges messages', own],
    ['RADIO', 'new Radio()', 'memberships', 'exchanges messages', own],
    ['SUB', 'new Subscriber()', 'what it does not want', 'exchanges messages', aside + own],
    ['REP', 'new Reply()', 'what is no question', 'exchanges messages', aside + own],
  ] as const)(
    '%s (%s), with %s, %s and has timers and files',
    async (_, make, flood, _does, loop) => {
      const { lines } = await flooded(make, flood, loop)
      expect(expectTurns(lines)['calls']).toBeGreaterThan(loop.endsWith(own) ? 100 : -1)
    },
  )
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
      // What comes after the start: compilers, collectors.
      await new Promise((resolve) => setTimeout(resolve, 300))
      const before = process.cpuUsage()
      const loop = idle.performance.eventLoopUtilization()
      await new Promise((resolve) => setTimeout(resolve, 1000))
      const { user, system } = process.cpuUsage(before)
      console.log((user + system) / 1000, idle.performance.eventLoopUtilization(loop).active)
      process.exit()
    `)
    const [cpuMs, activeMs] = lines[0]!.split(' ').map(Number) as [number, number]
    expect(cpuMs).toBeLessThan(30)
    expect(activeMs).toBeLessThan(5)
  })
})
