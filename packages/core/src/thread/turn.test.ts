import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { batchEffort, Turn } from './turn.ts'

describe('the turn of an event loop', () => {
  let turn: Turn
  let hasTurned: boolean
  const settled = Promise.resolve('value')

  beforeEach(() => {
    turn = new Turn()
    hasTurned = false
    setImmediate(() => (hasTurned = true))
  })
  afterEach(() => new Promise((resolve) => setImmediate(resolve)))

  const isSettled = (effort: number): boolean => turn.settle('value', settled, effort) === settled

  it('does not come for a few small messages, nor for the first look at the clock', () => {
    for (let n = 0; n < 64; n++) expect(isSettled(1)).toBe(true)
    expect(hasTurned).toBe(false)
  })

  it('comes before the call settles when that has done enough, whatever the clock says', async () => {
    expect(await turn.settle('value', settled, 4096)).toBe('value')
    expect(hasTurned).toBe(true)
  })

  it('comes when calls have done enough besides', async () => {
    turn.spend(2000)
    turn.spend(2095)
    expect(await turn.settle('value', settled, 1)).toBe('value')
    expect(hasTurned).toBe(true)
  })

  it('comes when the clock says so, which is looked at after each batch', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(1000)
    expect(isSettled(batchEffort)).toBe(true)
    now.mockReturnValue(1000.5)
    expect(isSettled(batchEffort)).toBe(true)
    now.mockReturnValue(1001)
    await turn.settle('value', settled, batchEffort)
    expect(hasTurned).toBe(true)
    expect(isSettled(batchEffort)).toBe(true)
    now.mockRestore()
  })

  it('comes after the first call where that alone takes long enough', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(1000)
    turn.begin()
    now.mockReturnValue(1001)
    await turn.settle('value', settled, batchEffort)
    expect(hasTurned).toBe(true)
    // The call that waited for the turn has begun the next one.
    now.mockReturnValue(1002)
    expect(isSettled(batchEffort)).toBe(false)
    now.mockRestore()
  })
})
