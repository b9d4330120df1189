import { createSystem, defineActor } from '@ringpost/actors'
import type { PoolSubject } from './poolSubject.ts'
import { tasks } from './tasks.ts'

const member = defineActor(import.meta.url, 'member', () => tasks)

/** A pool of actors, each on its own host. */
export const subject: PoolSubject = {
  async open(name, threads) {
    const system = await createSystem({ hosts: threads })
    const pool = await system.pool(member, { size: threads })
    return { run: (value) => pool.ask[name](value) }
  },
}
