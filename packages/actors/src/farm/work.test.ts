import { describe, expect, it } from 'vitest'
import { createSystem } from '../system/system.ts'
import { explore } from '../testing/explore.ts'
import { createTestSystem } from '../testing/testSystem.ts'
import { currentTask } from './currentTask.ts'
import { defineTask, loadFunction } from './work.ts'

/** It cannot be imported, as one cannot that waits for what it wants of itself. */
const nowhere = 'file:///nowhere/tasks.js'
const square = defineTask(nowhere, 'square', (n: number) => n * n)
const attempt = defineTask(nowhere, 'attempt', async (_item: number) => currentTask().attempt)

describe('a task that this thread has defined', () => {
  it('is found without its module', async () => {
    expect(await loadFunction('task', nowhere, 'square')).toBe(square.call)
    const missing = loadFunction('task', nowhere, 'cube')
    await expect(missing).rejects.toMatchObject({ code: 'ELOAD' })
  })

  it('is run in this thread', async () => {
    const system = await createSystem({ hosts: 0 })
    const farm = await system.farm(undefined, { workers: 2 })
    expect(await farm.reduce([1, 2, 3], square, (sum, n) => sum + n, 0)).toBe(14)
    expect(await farm.run(0, attempt)).toBe(1)
    await farm.close()
    await system.close()
  })

  it('is run by simulated hosts', async () => {
    const system = await createTestSystem({ seed: 1 })
    const farm = await system.farm()
    expect(await farm.run(3, square)).toBe(9)
    await farm.close()
    await system.close()
  })

  it('is run under every schedule, with nothing to wait for but the system', async () => {
    const explored = await explore(
      async (system) => {
        const farm = await system.farm()
        expect(await Promise.all([farm.run(3, square), farm.run(4, square)])).toEqual([9, 16])
        await farm.close()
      },
      { runs: 5 },
    )
    expect(explored.runs).toBe(5)
  })
})
