import { setImmediate as turn } from 'node:timers/promises'
import { setEnvironmentData } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { createSystem } from '@ringpost/actors'
import { context } from '@ringpost/core'
import { first, gate, GATES, second } from '../dist/actors/leavingActors.js'

it('leaves nothing in shared memory of what a host told another that had left', async () => {
  const gates = new Int32Array(new SharedArrayBuffer(12))
  setEnvironmentData(GATES, gates.buffer)
  const before = context.memory.usedBytes
  const system = await createSystem({
    hosts: 2,
    logger: false,
    supervision: { decide: () => 'stop' },
  })
  const [here, there] = system.hosts as [number, number]
  const one = await system.spawn(first.with({ host: here }))
  const other = await system.spawn(second.with({ host: there }))
  other.tell.tellAndLeave(one)
  await Atomics.waitAsync(gates, gate.isHeld, 0).value
  one.tell.leave()
  await turn()
  // While this thread blocks, it tells nobody that a host is gone.
  Atomics.wait(gates, gate.secondIsGone, 0)
  await Promise.all([one.down(), other.down()])
  await system.close()
  expect(context.memory.usedBytes).toBe(before)
})
