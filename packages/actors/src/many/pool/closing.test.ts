import { describe, expect, it } from 'vitest'
import { createSystem } from '../../system/system.ts'
import { define, deferred } from '../../testing/hosts.test-support.ts'

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
