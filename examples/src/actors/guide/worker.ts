// Task worker
// Does the work, and sends each result to the sink

import { setTimeout as sleep } from 'node:timers/promises'
import { defineActor, type ActorRef } from '@ringpost/actors'
import type { Sink } from './sink.ts'

export const worker = defineActor(import.meta.url, 'worker', (_ctx, sink: ActorRef<Sink>) => ({
  async work(workloadMs: number) {
    await sleep(workloadMs)
    await sink.ask.collect()
  },
}))

export interface Worker {
  work(workloadMs: number): Promise<void>
}
