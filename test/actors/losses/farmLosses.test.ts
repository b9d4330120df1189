import { expect, it } from 'vitest'
import { createSystem } from '../system.ts'

const module = new URL('../../dist/actors/farmActors.js', import.meta.url)

it('gives the tasks of a host that dies to others: each result comes once', async () => {
  await using system = await createSystem({ hosts: 2 })
  await using farm = await system.farm({ module, export: 'exitThenFail' })
  const items = Array.from({ length: 3000 }, (_, n) => (n === 20 || n === 2000 ? -n : n))
  // What was lost with a host has not failed for that: its retries are left.
  const run = farm.map<number, number>(items, undefined, { retries: 1 })
  const results: number[] = []
  for await (const result of run) results.push(result)
  expect(results).toEqual(items)
  expect(run.progress).toMatchObject({ done: 3000, failed: 0 })
  expect(run.progress.retried).toBeGreaterThanOrEqual(4)
})

it('gives up a task of which workers die, and does the others', async () => {
  await using system = await createSystem({ hosts: 2 })
  await using farm = await system.farm({ module, export: 'exit' })
  const items = Array.from({ length: 500 }, (_, n) => (n === 250 ? -1 : n))
  const failed: unknown[] = []
  let done = 0
  for await (const outcome of farm.outcomes<number, number>(items))
    if (outcome.status === 'done') done++
    else failed.push(outcome)
  expect(done).toBe(499)
  expect(failed).toEqual([
    expect.objectContaining({ item: -1, error: expect.objectContaining({ code: 'EHOSTDOWN' }) }),
  ])
})

it('fails when no host is left', async () => {
  await using system = await createSystem({ hosts: 1, replacements: { maxRestarts: 0 } })
  await using farm = await system.farm({ module, export: 'exit' })
  const reading = async (): Promise<void> => {
    for await (const _ of farm.map([1, -1, 2]));
  }
  await expect(reading()).rejects.toThrow(expect.objectContaining({ code: 'EHOSTDOWN' }))
})

it('ends the host of a task that takes too long and never gives up its thread', async () => {
  await using system = await createSystem({ hosts: 2 })
  await using farm = await system.farm({ module, export: 'spin' })
  const [...hosts] = system.hosts
  const outcomes: string[] = []
  for await (const outcome of farm.outcomes([1, 1e9, 1, 1], undefined, { timeoutMs: 1000 }))
    outcomes.push(outcome.status === 'failed' ? (outcome.error as { code: string }).code : 'done')
  expect(outcomes).toEqual(['done', 'ETIMEDOUT', 'done', 'done'])
  expect(system.hosts.filter((host) => hosts.includes(host))).toHaveLength(1)
})
