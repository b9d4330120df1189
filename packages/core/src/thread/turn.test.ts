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

  it('does not come for many small messages while the clock stands still', () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(1000)
    for (let n = 0; n < 1000; n++) expect(isSettled(1)).toBe(true)
    expect(hasTurned).toBe(false)
    now.mockRestore()
  })

  it('looks at the clock seldom while calls are quick', () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(1000)
    for (let n = 0; n < 1000; n++) expect(isSettled(1)).toBe(true)
    expect(now.mock.calls.length).toBeLessThan(70)
    now.mockRestore()
  })

  it('comes after each call where what is done with a message takes long', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(1000)
    expect(isSettled(1)).toBe(true)
    now.mockReturnValue(1005)
    await turn.settle('value', settled, 1)
    expect(hasTurned).toBe(true)
    now.mockReturnValue(1010)
    expect(isSettled(1)).toBe(false)
    now.mockRestore()
  })

  it('comes after a few calls where that begins', () => {
    let time = 1000
    const now = vi.spyOn(performance, 'now').mockImplementation(() => time)
    for (let n = 0; n < 100; n++) expect(isSettled(1)).toBe(true)
    let calls = 1
    for (time += 5; isSettled(1); time += 5) calls++
    expect(calls).toBeLessThanOrEqual(16)
    now.mockRestore()
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
