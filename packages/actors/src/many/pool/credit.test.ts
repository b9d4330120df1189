import { expect, it } from 'vitest'
import { Credit, MAX_WINDOW } from './credit.ts'

/** The window after many probes of a member whose messages take so long each, one after the other. */
function windowFor(taskMs: number, thereAndBackMs = 0.05): number {
  const credit = new Credit('auto')
  for (let probe = 0; probe < 50; probe++)
    credit.probed(credit.window * taskMs + thereAndBackMs, true)
  return credit.window
}

it('holds hundreds of empty tasks, and one of those that take long', () => {
  expect(windowFor(0.001)).toBe(MAX_WINDOW)
  expect(windowFor(0.1)).toBe(32)
  expect(windowFor(1)).toBe(2)
  expect(windowFor(5)).toBe(1)
  expect(windowFor(1000)).toBe(1)
})

it('grows only where more could be sent', () => {
  const credit = new Credit('auto')
  for (let probe = 0; probe < 10; probe++) credit.probed(0.05, false)
  expect(credit.window).toBe(1)
})

it('shrinks when the work gets longer', () => {
  const credit = new Credit('auto')
  for (let probe = 0; probe < 10; probe++) credit.probed(0.05, true)
  expect(credit.window).toBe(MAX_WINDOW)
  for (let probe = 0; probe < 10; probe++) credit.probed(100, true)
  expect(credit.window).toBe(1)
})

it('stays where it was fixed', () => {
  const credit = new Credit(7)
  credit.probed(0.05, true)
  credit.probed(100, true)
  expect([credit.window, credit.isFixed]).toEqual([7, true])
})
