import { parentPort, threadId, workerData, Worker } from 'node:worker_threads'
import * as core from '@ringpost/core'
import type { SharedBatch, SharedFrame } from '@ringpost/core'
import { Random } from '../support/random.ts'
import { frameSizes, stamped, stampBytes, stampInto } from '../support/stamped.ts'
import { names, type Assignment, type Occupation } from './assignment.ts'

const assignment = workerData as Assignment
const { progress, sender } = assignment
const random = new Random(assignment.seed)
let sequence = 0

/** Takes note of a step, and ends when it was the last. */
function step(sent = 0): void {
  if (sent > 0) Atomics.add(progress, 1, sent)
  const steps = Atomics.add(progress, 0, 1) + 1
  Atomics.notify(progress, 0)
  if (steps < assignment.lastStep) return
  if (assignment.ending === 'exits') process.exit(7)
  if (assignment.ending === 'throws') throw new Error('the thread was to throw')
  if (assignment.ending === 'runs out of memory') {
    const hoard: unknown[] = []
    for (;;) hoard.push(Array.from({ length: 10_000 }, (_, i) => ({ i })))
  }
}

const next = (sizes: number[] = frameSizes(random, 3000)): Buffer[] =>
  stamped(sender, sequence++, sizes)

/** Messages that may be lost on purpose, or come by several ways. */
const uncounted = (): Buffer[] => stamped(sender + 1, 0, frameSizes(random, 3000))

/** The result of a call that may find nothing to do. */
function unlessAgain<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch (error) {
    if (error instanceof core.SocketError && error.code === 'EAGAIN') return undefined
    throw error
  }
}

const pushTo = (endpoint: string): core.Push => {
  const push = new core.Push({ sendHighWaterMark: random.pick([1, 10, 1000]) })
  push.connect(endpoint)
  return push
}

const pullFrom = (endpoint: string): core.Pull => {
  const pull = new core.Pull({ receiveHighWaterMark: random.pick([1, 10, 1000]) })
  pull.connect(endpoint)
  return pull
}

const sinks = [names.parentPull, names.bystanderPull]
const sources = [names.parentPush, names.bystanderPush]

const work: Record<Occupation, () => void | Promise<void>> = {
  sends() {
    const push = pushTo(random.pick(sinks))
    for (;;) {
      push.sendSync(next())
      step(1)
    }
  },

  'sends batches'() {
    const push = pushTo(random.pick(sinks))
    for (;;) {
      const batch = Array.from({ length: random.between(1, 50) }, () => next())
      push.sendManySync(batch)
      step(batch.length)
    }
  },

  'sends large messages'() {
    const push = pushTo(random.pick(sinks))
    for (;;) {
      push.sendSync(next([random.below(3_000_000), random.below(10_000), random.below(3_000_000)]))
      step(1)
    }
  },

  'sends what it allocates'() {
    const push = pushTo(random.pick(sinks))
    for (;;) {
      const frame = core.context.allocate(stampBytes + random.skewed(2_000_000))
      stampInto(frame.data, sender, sequence++)
      step()
      if (random.oneIn(5)) {
        frame.release()
        sequence--
      } else {
        push.sendSync(frame)
        step(1)
      }
    }
  },

  receives() {
    const pull = pullFrom(random.pick(sources))
    for (;;) {
      pull.receiveSync()
      step()
    }
  },

  'receives batches'() {
    const pull = pullFrom(random.pick(sources))
    for (;;) {
      pull.receiveManySync()
      step()
    }
  },

  'holds what is lent'() {
    const pull = pullFrom(random.pick(sources))
    const held: (SharedFrame | SharedBatch)[] = []
    for (;;) {
      if (random.oneIn(2)) held.push(pull.receiveManySharedSync({ max: random.between(1, 20) }))
      else held.push(...pull.receiveSharedSync())
      while (held.length > 10) held.splice(random.below(held.length), 1)[0]!.release()
      step()
    }
  },

  async 'sends promises'() {
    const push = pushTo(random.pick(sinks))
    for (;;) {
      await push.send(next())
      step(1)
    }
  },

  async 'receives promises'() {
    const pulls = sources.map(pullFrom)
    await Promise.all(
      pulls.map(async (pull) => {
        for await (const message of pull) if (message.length > 0) step()
      }),
    )
  },

  asks() {
    const request = new core.Request({ relaxed: true, correlate: true })
    request.connect(names.parentReply)
    for (;;) {
      request.sendSync(next())
      request.receiveSync()
      step()
    }
  },

  connects() {
    for (;;) {
      const push = pushTo(random.pick([...sinks, names.own(random.below(names.ownCount))]))
      if (random.oneIn(2)) push.connect(names.own(random.below(names.ownCount)))
      unlessAgain(() => push.sendSync(uncounted(), { timeout: 0 }))
      step()
      push.linger = random.pick([0, 20])
      push.close()
    }
  },

  binds() {
    const left: core.Pull[] = []
    for (;;) {
      const pull = new core.Pull()
      const name = names.own(random.below(names.ownCount))
      try {
        pull.bindSync(name)
      } catch (error) {
        if (!(error instanceof core.SocketError) || error.code !== 'EADDRINUSE') throw error
      }
      if (random.oneIn(2)) pull.connect(random.pick(sources))
      step()
      if (random.oneIn(2)) pull.close()
      else {
        unlessAgain(() => pull.receiveManySync({ timeout: 1 }))
        left.push(pull)
        while (left.length > 10) left.splice(random.below(left.length), 1)[0]!.close()
      }
    }
  },

  subscribes() {
    const subscriber = new core.Subscriber()
    subscriber.connect(names.parentPublisher)
    for (;;) {
      const topic = String(random.below(100))
      if (random.oneIn(2)) subscriber.subscribe(topic)
      else subscriber.unsubscribe(topic)
      if (random.oneIn(20)) unlessAgain(() => subscriber.receiveManySync({ timeout: 1 }))
      step()
    }
  },

  async 'starts threads'() {
    const workers: Worker[] = []
    for (;;) {
      const inner: Assignment = {
        occupation: random.pick(['sends', 'holds what is lent', 'binds', 'connects']),
        ending: random.pick(['terminated', 'exits']),
        seed: random.fork(),
        sender: sender + 2 + sequence++,
        lastStep: random.between(1, 200),
        progress: new Int32Array(new SharedArrayBuffer(8)),
      }
      const worker = new Worker(new URL(import.meta.url), { workerData: inner })
      await new Promise((resolve) => worker.once('online', resolve))
      workers.push(worker)
      while (workers.length > random.below(4)) await workers.shift()!.terminate()
      step()
    }
  },

  'is blocked in a receive'() {
    const pull = new core.Pull()
    // A name of its own: others of these bind a PULL, which this one cannot talk to.
    pull.connect(`${names.own(threadId % names.ownCount)}-sends`)
    step()
    pull.receiveSync()
  },

  'is blocked in a send'() {
    const push = pushTo(names.own(threadId % names.ownCount))
    step()
    for (;;) push.sendSync(uncounted())
  },
}

parentPort!.unref()
// Not awaited: Node.js 20 and 22 abort now and then when a thread is terminated in the moment in which
// it begins a module with an await at its top level. A rejection is an error of the worker all the same.
void work[assignment.occupation]()
