import { EventEmitter } from 'node:events'
import { defineActor, type ActorRef } from '@ringpost/actors'

/** Counts, and fails in all the ways that there are. */
export const victim = defineActor(import.meta.url, 'victim', (ctx, start: number) => {
  let n = start
  return {
    add(by: number) {
      n += by
    },
    value() {
      return n
    },
    place() {
      return ctx.host
    },
    path() {
      return ctx.path
    },
    incarnation() {
      return ctx.incarnation
    },
    crash(message: string) {
      throw new Error(message)
    },
    throwLater(message: string) {
      setImmediate(() => {
        throw new Error(message)
      })
    },
    rejectLater(message: string) {
      void Promise.reject(new Error(message))
    },
    exit(code: number) {
      process.exit(code)
    },
    hang() {
      for (;;);
    },
    devour() {
      const held: string[][] = []
      for (;;) held.push(Array.from({ length: 1000 }, (_, i) => `${i} ${held.length}`))
    },
    async never() {
      await new Promise(() => undefined)
    },
    /** Asks another, for as long as it takes. */
    async passOn(to: ActorRef<VictimHandlers>) {
      await to.with({ timeoutMs: Infinity }).ask.never()
    },
    async *forever() {
      for (let item = 0; ; item++) yield item
    },
    /** Computes until it is told to stop; says before that it has begun. */
    async compute(observer: ActorRef<ObserverHandlers>, looks: boolean) {
      await observer.ask.see('begun')
      await new Promise(setImmediate)
      while (!looks || !ctx.aborted);
      await observer.ask.see('aborted')
    },
    /** Computes for so many milliseconds, and looks whether it is to stop. */
    computeFor(lastsMs: number) {
      const until = performance.now() + lastsMs
      while (!ctx.aborted && performance.now() < until);
      return 'done'
    },
    nestedSystem() {
      return import('@ringpost/actors').then(({ createSystem }) => createSystem({ hosts: 1 }))
    },
  }
})

/** Of `victim`, as far as others use it through refs that came in messages. */
export interface VictimHandlers {
  value(): number
  place(): number
  path(): string
  incarnation(): number
  crash(message: string): void
  exit(code: number): void
  never(): void
}

/** What observers in this thread are told; an event for each. */
export const sightings = new EventEmitter()

/** In the test's own thread: what it is told, the test can wait for. */
export const observer = defineActor(import.meta.url, 'observer', () => ({
  see(what: string, detail?: unknown) {
    sightings.emit(what, detail)
  },
}))

export interface ObserverHandlers {
  see(what: string, detail?: unknown): void
}

/** Has children on other hosts, and learns what becomes of others. */
export const parent = defineActor(import.meta.url, 'parent', (ctx) => {
  return {
    async have(name: string, host: number) {
      const child = await ctx.spawn(victim.with({ name, host }), 1)
      return child as ActorRef as ActorRef<VictimHandlers>
    },
    children() {
      return [...ctx.children.keys()]
    },
    watch(ref: ActorRef, observer: ActorRef<ObserverHandlers>) {
      ctx.watch(ref, (down) => observer.tell.see('down', down))
    },
    link(ref: ActorRef, observer: ActorRef<ObserverHandlers>) {
      ctx.link(ref)
      ctx.onStop((ending) => observer.tell.see('ending', ending))
    },
    incarnation: () => ctx.incarnation,
    place: () => ctx.host,
  }
})
