// Task sink
// Collects the results of all workers, and measures how long they took

import { defineActor } from '@ringpost/actors'

export const sink = defineActor(import.meta.url, 'sink', () => {
  let results = ''
  const startTime = performance.now()

  return {
    collect() {
      results += results.length % 10 === 0 ? ':' : '.'
    },
    report: () => ({ results, elapsedMs: performance.now() - startTime }),
  }
})

export interface Sink {
  collect(): void
}
