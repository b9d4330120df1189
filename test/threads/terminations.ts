import { once } from 'node:events'
import { setImmediate as turn, setTimeout as timer } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { context, Publisher, Pull, Push, Reply } from '@ringpost/core'
import { Random } from '../support/random.ts'
import { stamped } from '../support/stamped.ts'
import { Arrivals, SENDER_STEP } from './arrivals.ts'
import { names, occupations, type Assignment, type Ending, type Occupation } from './assignment.ts'

/** Longer than any round takes on a busy machine. */
export const GUARD_MS = 40_000

const built = (file: string): URL => new URL(`../dist/threads/${file}`, import.meta.url)

/** A thread that is going to end, and what is known of it. */
interface Victim {
  readonly assignment: Assignment
  readonly worker: Worker
  /** Its exit code, when it has ended and been cleaned up after. */
  readonly ended: Promise<number>
}

/**
 * Threads that are ended at any moment, while others talk to them: this one, which has started
 * them, and a bystander.
 */
export class Terminations {
  readonly #random: Random
  readonly #arrivals = new Arrivals()
  readonly #pull = new Pull()
  readonly #push = new Push()
  readonly #reply = new Reply()
  readonly #publisher = new Publisher()
  readonly #bystander = new Worker(built('bystanderThread.js'))
  readonly #loops: Promise<void>[] = []
  readonly #usedBytes: number
  #senders = 0

  private constructor(seed: number) {
    this.#random = new Random(seed)
    this.#pull.bindSync(names.parentPull)
    this.#push.bindSync(names.parentPush)
    this.#reply.bindSync(names.parentReply)
    this.#publisher.bindSync(names.parentPublisher)
    this.#usedBytes = context.memory.usedBytes
    this.#loops.push(this.#receive(), this.#send(), this.#answer())
  }

  static async begin(seed: number): Promise<Terminations> {
    const ground = new Terminations(seed)
    await once(ground.#bystander, 'message')
    return ground
  }

  async end(): Promise<void> {
    for (const socket of [this.#pull, this.#push, this.#reply, this.#publisher]) socket.close()
    await this.#bystander.terminate()
    await Promise.all(this.#loops)
  }

  /** A few threads begin, and end; what they had sent has arrived, and nothing is left of them. */
  async round(): Promise<void> {
    const victims = Array.from({ length: this.#random.between(1, 3) }, () => this.#begin())
    const over = new AbortController()
    const guard = timer(GUARD_MS, undefined, over).then(() => {
      throw failure('Somebody hangs', victims)
    })
    const work = Promise.all(victims.map((victim) => this.#endOf(victim))).then(() =>
      this.#check(victims),
    )
    await Promise.race([work, guard])
    over.abort()
    await guard.catch(() => undefined)
  }

  #begin(): Victim {
    const random = this.#random
    const occupation = random.pick(occupations)
    const ending = endingOf(random, occupation)
    this.#senders += SENDER_STEP
    const assignment: Assignment = {
      occupation,
      ending,
      seed: random.fork(),
      sender: this.#senders,
      lastStep: 1 + random.skewed(stepsOf(occupation)),
      progress: new Int32Array(new SharedArrayBuffer(8)),
    }
    const worker = new Worker(built('victimThread.js'), {
      workerData: assignment,
      stderr: true,
      ...(ending === 'runs out of memory' ? { resourceLimits } : {}),
    })
    const ended = new Promise<number>((resolve, reject) => {
      worker.on('error', (error: Error & { code?: string }) => {
        const isMeant = ending === 'throws' && error.message === 'the thread was to throw'
        const isFull = ending === 'runs out of memory' && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        if (!isMeant && !isFull) reject(error)
      })
      worker.on('exit', resolve)
    })
    return { assignment, worker, ended }
  }

  async #endOf({ assignment, worker, ended }: Victim): Promise<void> {
    const random = this.#random
    if (assignment.ending === 'terminated') {
      // Sometimes while it starts; else some time after its last step.
      if (!random.oneIn(10)) await reached(assignment, ended)
      for (let turns = random.skewed(64); turns > 0; turns--) {
        await turn()
        if (assignment.occupation === 'subscribes') await this.#publish()
      }
      await worker.terminate()
    }
    await ended
  }

  async #check(victims: readonly Victim[]): Promise<void> {
    const senders = victims.map(({ assignment }) => assignment.sender)
    // What is read last is still on its way to its loop when the socket says that there is no more.
    do await turn()
    while (this.#pull.readable || this.#reply.readable)
    await turn()
    void this.#push.writable
    void this.#publisher.writable
    this.#bystander.postMessage(senders)
    const [counts] = (await once(this.#bystander, 'message')) as [number[]]
    for (const [i, { assignment }] of victims.entries()) {
      const arrived = this.#arrivals.count(assignment.sender) + counts[i]!
      const sent = Atomics.load(assignment.progress, 1)
      if (arrived < sent) throw failure(`${sent} messages were sent, ${arrived} arrived`, victims)
    }
    for (let i = 0; i < names.ownCount; i++) {
      const pull = new Pull()
      pull.bindSync(names.own(i))
      while (pull.readable) pull.receiveManySync()
      pull.close()
    }
    const left = context.memory.usedBytes - this.#usedBytes
    if (left !== 0) throw failure(`${left} bytes of memory are left`, victims)
  }

  async #receive(): Promise<void> {
    for await (const message of this.#pull) this.#arrivals.take(message)
  }

  async #send(): Promise<void> {
    for (let sequence = 0; !this.#push.closed; sequence++) {
      const batch = [stamped(1, sequence, [100]), stamped(1, sequence, [20_000, 1])]
      await this.#push.sendMany(batch).catch((error: unknown) => {
        if (!this.#push.closed) throw error
      })
      await turn()
    }
  }

  async #answer(): Promise<void> {
    for await (const message of this.#reply) await this.#reply.send(message)
  }

  async #publish(): Promise<void> {
    await this.#publisher.send([String(this.#random.below(200)), Buffer.alloc(10_000)])
  }
}

/** Small, so that it does not take long. */
const resourceLimits = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 }

function endingOf(random: Random, occupation: Occupation): Ending {
  if (occupation.startsWith('is blocked') || random.below(3) < 2) return 'terminated'
  return random.pick(['exits', 'exits', 'throws', 'throws', 'throws', 'runs out of memory'])
}

/** About as many steps as take a tenth of a second. */
function stepsOf(occupation: Occupation): number {
  if (occupation.startsWith('is blocked')) return 1
  return occupation === 'starts threads' ? 4 : 1000
}

/** Waits until a thread has taken its last step, or has ended. */
async function reached({ progress, lastStep }: Assignment, ended: Promise<unknown>): Promise<void> {
  let isEnded = false
  const end = ended.then(() => (isEnded = true))
  for (;;) {
    const steps = Atomics.load(progress, 0)
    if (steps >= lastStep || isEnded) return
    const { async, value } = Atomics.waitAsync(progress, 0, steps)
    if (async) await Promise.race([value, end])
  }
}

function failure(what: string, victims: readonly Victim[]): Error {
  const told = victims.map(({ assignment: { progress, ...rest } }) => ({
    ...rest,
    steps: progress[0],
    sent: progress[1],
  }))
  return new Error(`${what} after ${JSON.stringify(told)}`)
}
