import { Worker } from 'node:worker_threads'
import { context, Publisher, Pull, Router, SocketError } from '@ringpost/core'
import { expect, it } from 'vitest'
import type { ChaosOrder } from './chaosThread.ts'
import { randomOf, seedOfRun } from './seeded.ts'
import { stamp, verify } from './stamp.ts'

const THREADS = 16
const SECONDS = Number(process.env['RINGPOST_STRESS_SECONDS'] ?? 60)
const TOPICS = 4

const seed = seedOfRun()
const random = randomOf(seed)
console.log(`chaos: RINGPOST_SEED=${seed}, ${SECONDS} s`)

const names = {
  sink: 'inproc://chaos-sink',
  echo: 'inproc://chaos-echo',
  news: 'inproc://chaos-news',
  farewell: 'inproc://chaos-farewell',
}

/** What has arrived of each life of a PUSH: numbers in a row, and an end that counts them. */
class Lives {
  readonly #next = new Map<string, number>()
  ended = 0
  messages = 0

  take(message: Buffer): void {
    this.messages++
    const { life, number } = verify(message)
    const isEnd = life.endsWith(' end')
    const name = isEnd ? life.slice(0, -' end'.length) : life
    const expected = this.#next.get(name) ?? 0
    if (number !== expected) throw new Error(`${life}: ${number} instead of ${expected}`)
    if (isEnd) this.ended++
    this.#next.set(name, isEnd ? Infinity : expected + 1)
  }
}

/** Runs until the socket is closed, or fails. */
async function untilClosed(run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const isClosed = error instanceof SocketError && ['EAGAIN', 'EBADF'].includes(error.code)
    if (!isClosed) throw error
  }
}

it(
  'loses, doubles, tears and reorders nothing while threads come, go and are terminated',
  async () => {
    const before = context.memory.usedBytes
    const lives = new Lives()
    const pull = new Pull()
    const router = new Router()
    const publisher = new Publisher()
    const farewell = new Pull()
    await pull.bind(names.sink)
    await router.bind(names.echo)
    await publisher.bind(names.news)
    await farewell.bind(names.farewell)

    let isOver = false
    const serving = [
      untilClosed(async () => {
        for await (const [message] of pull) lives.take(message!)
      }),
      untilClosed(async () => {
        for await (const question of router) await router.send(question)
      }),
      untilClosed(async () => {
        for await (const _goodbye of farewell) continue
      }),
      untilClosed(async () => {
        for (let number = 0; !isOver; number++) {
          await publisher.send([`topic ${number % TOPICS} `, stamp('news', number, number % 500)])
          if (number % 64 === 0) await new Promise((resolve) => setImmediate(resolve))
        }
      }),
    ]

    let started = 0
    let terminated = 0
    const failures: unknown[] = []
    const running = new Map<Worker, Promise<void>>()
    const start = (): void => {
      const order: ChaosOrder = { seed: seed + ++started, ...names }
      const worker = new Worker(new URL('../dist/stress/chaosThread.js', import.meta.url), {
        workerData: order,
      })
      worker.on('error', (error) => failures.push(error))
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      running.set(worker, ended)
      void ended.then(() => {
        running.delete(worker)
        if (!isOver) start()
      })
    }
    for (let i = 0; i < THREADS; i++) start()

    await new Promise<void>((resolve) => {
      const end = performance.now() + SECONDS * 1000
      const strike = (): void => {
        if (failures.length > 0 || performance.now() > end) {
          resolve()
          return
        }
        const victims = [...running.keys()]
        const victim = victims[Math.floor(random() * victims.length)]
        if (victim !== undefined && random() < 0.5) {
          terminated++
          void victim.terminate()
        }
        setTimeout(strike, random() * 40)
      }
      strike()
    })

    isOver = true
    await Promise.all([...running.keys()].map((worker) => worker.terminate()))
    await Promise.all(running.values())
    for (const socket of [pull, router, publisher, farewell]) socket.close()
    await Promise.all(serving)
    console.log(
      `chaos: ${started} threads, ${terminated} terminated, ${lives.messages} messages, ` +
        `${lives.ended} lives that ended by themselves`,
    )
    expect(failures).toEqual([])
    expect(lives.ended).toBeGreaterThan(0)
    expect(context.memory.usedBytes).toBe(before)
  },
  (SECONDS + 60) * 1000,
)
