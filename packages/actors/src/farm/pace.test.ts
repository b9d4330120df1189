import { describe, expect, it } from 'vitest'
import { Pace } from './pace.ts'

const after = (...lots: [tasks: number, ms: number][]): Pace => {
  const pace = new Pace()
  for (const [tasks, ms] of lots) pace.note(tasks, ms)
  return pace
}

describe('the pace of a job', () => {
  it('begins with one task for each worker', () => {
    expect(new Pace()).toMatchObject({ tasks: 1, parcels: 1 })
  })

  it('comes to hundreds of short tasks, in a few steps', () => {
    expect(after([1, 0.01]).tasks).toBe(4)
    expect(after([1, 0.01], [4, 0.04]).tasks).toBe(16)
    const lots = Array.from({ length: 10 }, (): [number, number] => [1, 0.001])
    expect(after(...lots)).toMatchObject({ tasks: 512, parcels: 2 })
  })

  it('stays at one for long tasks, and lets none wait for very long ones', () => {
    expect(after([1, 8], [1, 8])).toMatchObject({ tasks: 1, parcels: 2 })
    expect(after([1, 80])).toMatchObject({ tasks: 1, parcels: 1 })
  })

  it('slows down when tasks become longer', () => {
    const lots = Array.from({ length: 10 }, (): [number, number] => [1, 0.01])
    expect(after(...lots, [100, 1000]).tasks).toBe(1)
  })

  it('learns nothing from no tasks, and takes those without a duration for short', () => {
    expect(after([0, 100])).toMatchObject({ tasks: 1, parcels: 1 })
    expect(after([1, 0], [4, 0]).tasks).toBe(16)
  })
})
