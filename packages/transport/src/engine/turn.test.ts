import { expect, it } from 'vitest'
import { currentTurn, isTurnLong } from './turn.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('the turn is the same until the event loop has turned', async () => {
  const first = currentTurn()
  await Promise.resolve()
  await new Promise<void>((resolve) => process.nextTick(resolve))
  expect(currentTurn()).toBe(first)
  await nextTurn()
  const second = currentTurn()
  expect(second).toBeGreaterThan(first)
  await nextTurn()
  await nextTurn()
  expect(currentTurn()).toBeGreaterThan(second)
})

it('a turn is long after some milliseconds, and the next one is not', async () => {
  await nextTurn()
  await nextTurn()
  expect(isTurnLong()).toBe(false)
  const began = performance.now()
  while (performance.now() - began < 5);
  expect(isTurnLong()).toBe(true)
  await nextTurn()
  await nextTurn()
  expect(isTurnLong()).toBe(false)
})
