import { currentTask, defineActor } from '@ringpost/actors'

/** What a task does before it is done: a number, so that seeds make them. */
export interface ChaosItem {
  readonly n: number
  readonly kind: 'quick' | 'slow' | 'waiting' | 'flaky' | 'failing' | 'ending'
}

export function chaotic(item: ChaosItem): Promise<number> {
  return work(item, currentTask().attempt === 1)
}

/** Tasks as asks, which do not know how often they were begun. */
export const chaosWorker = defineActor(import.meta.url, 'chaos worker', () => ({
  chaotic: (item: ChaosItem): Promise<number> => work(item, Math.random() < 0.25),
}))

async function work({ n, kind }: ChaosItem, failsIfFlaky: boolean): Promise<number> {
  if (kind === 'failing') throw new Error(`${n} fails`)
  if (kind === 'flaky' && failsIfFlaky) throw new Error(`${n} is flaky`)
  if (kind === 'ending' && failsIfFlaky) process.exit(1)
  if (kind === 'waiting') await new Promise((resolve) => setImmediate(resolve))
  if (kind === 'slow') for (const end = performance.now() + 3; performance.now() < end;);
  return n
}

/** Ends its host, whatever else runs there. */
export const killer = defineActor(import.meta.url, 'killer', () => ({
  kill(): void {
    process.exit(1)
  },
}))
