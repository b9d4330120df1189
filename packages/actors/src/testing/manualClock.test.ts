import { describe, expect, it } from 'vitest'
import { ManualClock } from './manualClock.ts'

describe('ManualClock', () => {
  it('acts when it is told to go on, each alarm at its time and in the order they were set', () => {
    const clock = new ManualClock(1000)
    const acted: string[] = []
    const note = (name: string) => (): void => void acted.push(`${name} ${clock.now()}`)
    clock.after(20, note('b'))
    clock.after(10, note('a'))
    clock.after(20, () => {
      note('c')()
      clock.after(5, note('d'))
    })
    const cancelled = clock.after(15, note('never'))
    clock.cancel(cancelled)
    expect(clock.next).toBe(1010)
    clock.advance(9)
    expect(acted).toEqual([])
    clock.advance(100)
    expect(acted).toEqual(['a 1010', 'b 1020', 'c 1020', 'd 1025'])
    expect(clock.now()).toBe(1109)
    expect(clock.next).toBeUndefined()
  })

  it('does not go back', () => {
    const clock = new ManualClock(50)
    clock.advanceTo(20)
    expect(clock.now()).toBe(50)
  })
})
