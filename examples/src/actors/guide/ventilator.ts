// Task ventilator
// Makes a batch of tasks, and gives each to a worker that is free

import { defineActor, type ActorRef } from '@ringpost/actors'
import type { Worker } from './worker.ts'

export const ventilator = defineActor(
  import.meta.url,
  'ventilator',
  (_ctx, taskCount: number, longestMs: number) => {
    // Random workloads, by default of 1 to 100 ms
    const workloads = Array.from({ length: taskCount }, () => Math.ceil(Math.random() * longestMs))

    return {
      expectedMs: () => workloads.reduce((total, workload) => total + workload, 0),

      /** Settles when all tasks are done. */
      async ventilate(workers: ActorRef<Worker>[]) {
        const serve = async (worker: ActorRef<Worker>): Promise<void> => {
          for (let task = workloads.pop(); task !== undefined; task = workloads.pop())
            await worker.ask.work(task)
        }
        await Promise.all(workers.map(serve))
      },
    }
  },
)
