import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Pace } from './pace.ts'

/** How many steps a pause has. */
function stepsOf(pace: Pace): number {
  const before = vi.mocked(Atomics.load).mock.calls.length
  pace.pause()
  return vi.mocked(Atomics.load).mock.calls.length - before
}

beforeEach(() => void vi.spyOn(Atomics, 'load'))
afterEach(() => void vi.restoreAllMocks())

it('does not wait before the first look', () => {
  expect(stepsOf(new Pace())).toBe(0)
})

it('waits the longer the more often few messages were there, but not without end', () => {
  const pace = new Pace()
  const steps: number[] = []
  for (let i = 0; i < 100; i++) {
    pace.found(1)
    steps.push(stepsOf(pace))
  }
  expect(steps.slice(0, 3)).toEqual([16, 32, 48])
  expect(steps.at(-1)).toBe(128)
})

it('does not wait any more when it has found nothing', () => {
  const pace = new Pace()
  for (let i = 0; i < 10; i++) pace.found(3)
  pace.found(0)
  expect(stepsOf(pace)).toBe(0)
})

it('waits less when many have gathered, and the same between few and many', () => {
  const pace = new Pace()
  for (let i = 0; i < 4; i++) pace.found(31)
  pace.found(32)
  pace.found(128)
  expect(stepsOf(pace)).toBe(64)
  pace.found(129)
  expect(stepsOf(pace)).toBe(32)
})
