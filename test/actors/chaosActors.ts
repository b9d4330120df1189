import { currentTask, defineActor } from '@ringpost/actors'

/** What a task does before it is done: a number, so that seeds make them. */
export interface ChaosItem {
  readonly n: number
  readonly kind: 'quick' | 'slow' | 'waiting' | 'flaky' | 'failing' | 'ending'
}

export async function chaotic({ n, kind }: ChaosItem): Promise<number> {
  const { attempt } = currentTask()
  if (kind === 'failing') throw new Error(`${n} fails`)
  if (kind === 'flaky' && attempt === 1) throw new Error(`${n} is flaky`)
  if (kind === 'ending' && attempt === 1) process.exit(1)
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
