import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Starts threads that compute until the process exits, and waits until all of them run. */
export async function startBusyThreads(count: number): Promise<void> {
  const module = new URL('./busyThread.js', import.meta.url)
  const workers = Array.from({ length: count }, () => new Worker(module))
  await Promise.all(workers.map((worker) => once(worker, 'online')))
}
