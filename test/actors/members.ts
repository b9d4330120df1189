import { readFileSync } from 'node:fs'
import { defineActor, type ActorRef, type HandlersOf, type PoolRef } from '@ringpost/actors'

/** A member of pools. It tells of itself by topics, and waits for names: tests need not guess when. */
export const worker = defineActor(import.meta.url, 'worker', (ctx, label: string) => {
  let done = 0
  ctx.topics.publish(`began.${label}`, ctx.host)
  ctx.signal.addEventListener('abort', () => ctx.topics.publish(`ended.${label}`, ctx.host))
  return {
    host: () => ctx.host,
    done: () => done,
    work(n: number) {
      done++
      return n * 2
    },
    note(n: number) {
      done++
      ctx.topics.publish(`noted.${label}`, n)
    },
    /** Until somebody has that name. */
    async hold(door: string) {
      ctx.topics.publish(`holds.${label}`, door)
      await ctx.registry.waitFor(door)
      done++
      return ctx.host
    },
    fail(message: string): void {
      throw new RangeError(message)
    },
    exit(code: number): void {
      process.exit(code)
    },
    leave() {
      ctx.stop()
    },
    /** Until nobody waits for it. */
    async patience(end: 'return' | 'throw') {
      const { signal } = ctx.message
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      if (end === 'throw') throw signal.reason
    },
    hostOf: (_key: unknown) => ctx.host,
    *upTo(limit: number) {
      for (let n = 0; n < limit; n++) yield n
    },
  }
})

/** Uses pools and names from its own thread. */
export const user = defineActor(import.meta.url, 'user', (ctx) => ({
  host: () => ctx.host,
  async double(pool: PoolRef<HandlersOf<typeof worker>>, count: number) {
    const numbers = Array.from({ length: count }, (_, n) => n)
    return Promise.all(numbers.map((n) => pool.ask.work(n)))
  },
  hostOf: (pool: PoolRef<HandlersOf<typeof worker>>, key: unknown) => pool.ask.hostOf(key),
  make: (size: number): Promise<PoolRef<HandlersOf<typeof worker>>> =>
    ctx.pool(worker, { size }, 'made by an actor'),
  tellOne: (pool: PoolRef<HandlersOf<typeof worker>>, n: number) => pool.tell.note(n),
  tellAll: (pool: PoolRef<HandlersOf<typeof worker>>, n: number) => pool.broadcast.note(n),
  async sum(pool: PoolRef<HandlersOf<typeof worker>>, limit: number) {
    let sum = 0
    for await (const n of pool.stream.upTo(limit)) sum += n
    return sum
  },
  register: (name: string, ref: ActorRef) => ctx.registry.register(name, ref),
  join: (name: string) => ctx.registry.join(name, ctx.self),
  async askBy(name: string) {
    const found = await ctx.registry.waitFor<{ host(): number }>(name)
    return found.ask.host()
  },
  async watched(name: string, changes: number) {
    const sizes: number[] = []
    for await (const refs of ctx.registry.watch(name)) {
      sizes.push(refs.length)
      ctx.topics.publish('user.watched', refs.length)
      if (sizes.length === changes) break
    }
    return sizes
  },
  /** Watches while it handles other messages. */
  watchOn(name: string) {
    const watching = async (): Promise<void> => {
      for await (const refs of ctx.registry.watch(name))
        ctx.topics.publish('user.watched', refs.length)
      ctx.topics.publish('user.unwatched', name)
    }
    void watching()
  },
  publish: (topic: string, value: unknown, keep = false) =>
    ctx.topics.publish(topic, value, { keep }),
  async subscribe(prefix: string, last = false) {
    const subscription = ctx.topics.subscribe(
      prefix,
      (value, topic) => {
        if (value === 'throw') throw new Error('thrown by a listener')
        ctx.topics.publish('user.heard', [ctx.host, topic, value])
      },
      { last },
    )
    await subscription.ready
  },
  /** Leaves its thread no time for anything else, until somebody writes to that FIFO. */
  block(fifo: string) {
    readFileSync(fifo)
  },
  stop() {
    ctx.stop()
  },
}))
