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
    signal(signal: NodeJS.Signals) {
      process.kill(process.pid, signal)
    },
    /** Wants more memory at once than V8 can give: it ends the process. */
    exhaust() {
      return Array.from({ length: 2 ** 27 }).fill('x').join('').repeat(2)
    },
    hang() {
      for (;;);
    },
  }
})
