import { createSystem, defineTask } from '@ringpost/actors'
import type { PoolSubject } from './poolSubject.ts'
import { tasks } from './tasks.ts'

export const works = {
  echo: defineTask(import.meta.url, 'echo', tasks.echo),
  burn: defineTask(import.meta.url, 'burn', tasks.burn),
}

/** `farm.map`: tasks from an iterable. */
export const subject: PoolSubject = {
  async open(name, threads) {
    const system = await createSystem({ hosts: threads })
    const farm = await system.farm()
    return {
      map: (values, inFlight) => farm.map(values, works[name], { inFlight }),
      async runAll(values) {
        const results: number[] = []
        for await (const result of farm.map(values, works[name])) results.push(result)
        return results
      },
    }
  },
}
