import { createSystem } from '@ringpost/actors'
import type { PoolSubject } from './poolSubject.ts'
import { works } from './ringpostFarm.ts'

/** `farm.run`: a promise for each task. */
export const subject: PoolSubject = {
  async open(name, threads) {
    const system = await createSystem({ hosts: threads })
    const farm = await system.farm()
    return { run: (value) => farm.run(value, works[name]) }
  },
}
