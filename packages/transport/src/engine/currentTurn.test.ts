import { expect, it } from 'vitest'
import { currentTurn } from './currentTurn.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('the turn is the same until the event loop has turned', async () => {
  const first = currentTurn()
  await Promise.resolve()
  await new Promise((resolve) => process.nextTick(resolve))
  expect(currentTurn()).toBe(first)
  await nextTurn()
  const second = currentTurn()
  expect(second).toBeGreaterThan(first)
  await nextTurn()
  await nextTurn()
  expect(currentTurn()).toBeGreaterThan(second)
})
