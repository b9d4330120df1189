import { expect, it } from 'vitest'
import { ProgressMeter } from './progress.ts'

it('counts, and knows the total when it is told what is left', () => {
  const meter = new ProgressMeter()
  meter.mark()
  Object.assign(meter, { taken: 10, done: 5, failed: 1, retried: 2 })
  expect(meter.read(90, false)).toMatchObject({
    done: 5,
    failed: 1,
    retried: 2,
    inFlight: 4,
    total: 100,
    isOver: false,
  })
  expect(meter.read(undefined, true)).toMatchObject({ inFlight: 0, total: undefined, isOver: true })
  expect(meter.read(90, false).perSecond).toBeGreaterThan(0)
})

it('has no speed before it has begun', () => {
  expect(new ProgressMeter().read(undefined, false).perSecond).toBe(0)
})
