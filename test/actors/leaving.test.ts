import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { createSystem, defineActor } from '@ringpost/actors'
import { context } from '@ringpost/core'
import { blockUntil, isOpen, makeGates, open, opened } from '../dist/actors/gates.js'
import { first, second, stopping } from '../dist/actors/leavingActors.js'

/** As its module defines it, which this thread does not load. */
const late = defineActor(
  new URL('../dist/actors/loadedLate.js', import.meta.url).href,
  'late',
  () => ({}),
)

it('leaves nothing in shared memory of what a host told another that had left', async () => {
  makeGates()
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
  await opened('isHeld')
  one.tell.leave()
  await turn()
  // While this thread blocks, it tells nobody that a host is gone.
  blockUntil('secondIsGone')
  await Promise.all([one.down(), other.down()])
  await system.close()
  expect(context.memory.usedBytes).toBe(before)
})

it('ends a thread when it has loaded what it is loading, so that no file is left open', async () => {
  makeGates()
  const system = await createSystem({
    hosts: 1,
    logger: false,
    closing: { drainMs: 0, graceMs: 20_000 },
  })
  await system.spawn(stopping)
  const spawned = system.spawn(late).catch(() => undefined)
  await opened('isLoading')
  const closed = system.close()
  await opened('isHeld')
  // Its actors have stopped. A thread that nothing keeps would end before others have begun and ended.
  for (let count = 0; count < 3; count++) await once(new Worker('', { eval: true }), 'exit')
  open('mayLoad')
  await closed
  await spawned
  expect(isOpen('isLoaded')).toBe(true)
})
