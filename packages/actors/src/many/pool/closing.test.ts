import { describe, expect, it } from 'vitest'
import { createSystem } from '../../system/system.ts'
import { define, deferred } from '../../testing/hosts.test-support.ts'
import { createTestSystem } from '../../testing/testSystem.ts'

let noted = 0
let opened = deferred()

const worker = define(() => ({
  async note() {
    await new Promise(setImmediate)
    noted++
  },
  /** Gives more to the pool. */
  async split(
    pool: { send: { split(pool: unknown, depth: number): Promise<void> } },
    depth: number,
  ) {
    await new Promise(setImmediate)
    noted++
    if (depth === 0) return
    await pool.send.split(pool, depth - 1)
    await pool.send.split(pool, depth - 1)
  },
  async hold() {
    await opened.promise
  },
  *forever() {
    while (true) yield 1
  },
}))

/** So long that who waits for it fails by the limit of the test. */
const NEVER_MS = 600_000

describe('a system that closes', () => {
  it('has what a pool has taken handled first, whichever way it was given', async () => {
    noted = 0
    const system = await createSystem({ hosts: 0 })
    const pool = await system.pool(worker, { size: 2 })
    for (let n = 0; n < 200; n++) await pool.send.note()
    for (let n = 0; n < 200; n++) expect(pool.tell.note()).toBe(true)
    const asked = Array.from({ length: 200 }, () => pool.ask.note())
    await system.close()
    await Promise.all(asked)
    expect(noted).toBe(600)
    await expect(pool.ask.note()).rejects.toMatchObject({ code: 'ENOACTOR' })
  })

  it('has what members give to their pool meanwhile handled as well', async () => {
    noted = 0
    const system = await createSystem({ hosts: 0 })
    const pool = await system.pool(worker, { size: 2 })
    await pool.send.split(pool, 6)
    await system.close()
    expect(noted).toBe(127)
  })

  it('waits no longer than it was told to', async () => {
    opened = deferred()
    const system = await createSystem({ hosts: 0, closing: { drainMs: 20, graceMs: 20 } })
    const pool = await system.pool(worker, { size: 1 })
    const held = pool.with({ timeoutMs: NEVER_MS }).ask.hold()
    await Promise.all([expect(held).rejects.toMatchObject({ code: 'ESTOPPED' }), system.close()])
  })

  it('gives a member that hangs half of the time at most, and has all others end in the rest of it', async () => {
    opened = deferred()
    noted = 0
    const closing = { drainMs: 1000, graceMs: 100 }
    const system = await createTestSystem({ hosts: 0, closing })
    const { clock } = system
    const begunMs = clock.now()
    const ends: string[] = []
    const note = (what: string): void => void ends.push(`${what} at ${clock.now() - begunMs}`)
    const after = (delayMs: number, act: () => void = () => undefined): Promise<void> =>
      new Promise((resolve) => {
        clock.after(delayMs, () => {
          act()
          resolve()
        })
      })
    // Longer than the time to end by force.
    const others = define((ctx) => {
      ctx.onStop(() => after(400, () => note('ended')))
      return { work: () => after(100, () => note('worked')) }
    })
    const hanging = await system.pool(worker, { size: 1 })
    const working = await system.pool(others, { size: 1 })
    await system.spawn(others)
    const held = hanging.with({ timeoutMs: NEVER_MS }).ask.hold()
    for (let n = 0; n < 3; n++) expect(working.tell.work()).toBe(true)
    await Promise.all([expect(held).rejects.toMatchObject({ code: 'ESTOPPED' }), system.close()])
    expect(ends).toEqual([
      'worked at 100',
      'worked at 200',
      'worked at 300',
      'ended at 900',
      'ended at 900',
    ])
  })

  it('does not wait for who reads a stream of a pool', async () => {
    const system = await createSystem({ hosts: 0, closing: { drainMs: NEVER_MS } })
    const pool = await system.pool(worker, { size: 1 })
    const items = pool.stream.forever()
    await items.next()
    await system.close()
    await expect(async () => {
      for await (const _ of items);
    }).rejects.toMatchObject({ code: 'ESTOPPED' })
  })
})
