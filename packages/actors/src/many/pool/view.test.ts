import { describe, expect, it } from 'vitest'
import { defineActor } from '../../definition/definition.ts'
import { createTestSystem } from '../../testing/testSystem.ts'

/** Opens the door that a member is held by. */
let open: () => void

const member = defineActor(import.meta.url, 'member', () => {
  const notes: number[] = []
  return {
    hold: () => new Promise<void>((resolve) => (open = resolve)),
    note: (n: number) => void notes.push(n),
    notes: () => notes,
  }
})

describe('what is sent to a pool', () => {
  /** A pool whose one member is busy and whose queue is full, and what becomes of what is sent to it. */
  async function busy() {
    const system = await createTestSystem({ seed: 1, hosts: 1 })
    const pool = await system.pool(member, { size: 1, prefetch: 1, waiting: 1, replace: 'never' })
    const outcomes: unknown[] = []
    const send = (n: number, by: Pick<typeof pool, 'send'> = pool): void =>
      void by.send.note(n).then(
        () => outcomes.push(n),
        (error: unknown) => outcomes.push(error),
      )
    pool.tell.hold()
    await system.settle()
    // As many as may wait.
    pool.tell.note(0)
    return { system, pool, outcomes, send }
  }

  it('waits without limit until a member has room', async () => {
    const { system, pool, outcomes, send } = await busy()
    for (let n = 1; n <= 4; n++) send(n)
    await system.advance(60_000)
    expect(outcomes).toEqual([])
    open()
    await system.settle()
    expect(outcomes).toEqual([1, 2, 3, 4])
    expect(await pool.ask.notes()).toEqual([0, 1, 2, 3, 4])
    await system.close()
  })

  it('waits as long as it is told to, and not at all for a signal that is aborted', async () => {
    const { system, pool, outcomes, send } = await busy()
    send(1, pool.with({ timeoutMs: 10 }))
    send(2, pool.with({ signal: AbortSignal.abort('not wanted') }))
    await system.settle()
    expect(outcomes).toEqual(['not wanted'])
    await system.advance(10)
    expect(outcomes.slice(1)).toMatchObject([{ code: 'ETIMEDOUT' }])
    open()
    expect(await pool.ask.notes()).toEqual([0])
    await system.close()
  })

  it('fails if the last member leaves before', async () => {
    const { system, outcomes, send } = await busy()
    send(1)
    await system.settle()
    system.kill(system.hosts[0]!)
    await system.settle()
    expect(outcomes).toMatchObject([{ code: 'ENOACTOR' }])
    await system.close()
  })
})
