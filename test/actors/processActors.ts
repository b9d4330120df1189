import { defineActor } from '@ringpost/actors'

/** Ends its process in ways that no thread survives. */
export const fragile = defineActor(import.meta.url, 'fragile', (ctx, start: number) => {
  let n = start
  return {
    add(by: number) {
      n += by
    },
    value: () => n,
    async *upTo(limit: number) {
      while (n < limit) yield n++
    },
    place: () => ctx.host,
    process: () => process.pid,
    origin: () => performance.timeOrigin,
    signal(signal: NodeJS.Signals) {
      process.kill(process.pid, signal)
    },
    /** Comes to the limits of its memory where V8 can only end the process. */
    exhaust() {
      const held = new Map<number, number>()
      for (;;) held.set(held.size, 0)
    },
    hang() {
      for (;;);
    },
  }
})
