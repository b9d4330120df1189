import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AsTheyFinish, InOrder, type Arrivals } from './arrivals.ts'
import { Task } from './task.ts'

const taskAt = (index: number): Task => new Task(undefined as never, index, index)

function takeAll(arrivals: Arrivals): number[] {
  const indices: number[] = []
  for (let task = arrivals.take(); task !== undefined; task = arrivals.take())
    indices.push(task.index)
  return indices
}

describe('results in order', () => {
  it('come as far as all before them have', () => {
    const arrivals = new InOrder()
    for (const index of [1, 2, 4]) arrivals.put(taskAt(index))
    expect(takeAll(arrivals)).toEqual([])
    arrivals.put(taskAt(0))
    expect(takeAll(arrivals)).toEqual([0, 1, 2])
    arrivals.put(taskAt(3))
    expect(takeAll(arrivals)).toEqual([3, 4])
  })

  it('come in order, in whatever order they settle and are read', () => {
    const order = fc.integer({ min: 0, max: 500 }).chain((length) =>
      fc.shuffledSubarray(
        Array.from({ length }, (_, index) => index),
        { minLength: length },
      ),
    )
    fc.assert(
      fc.property(order, fc.integer({ min: 1, max: 100 }), (indices, readEvery) => {
        const arrivals = new InOrder()
        const read: number[] = []
        for (const [at, index] of indices.entries()) {
          arrivals.put(taskAt(index))
          if (at % readEvery === 0) read.push(...takeAll(arrivals))
        }
        read.push(...takeAll(arrivals))
        expect(read).toEqual(indices.toSorted((one, other) => one - other))
      }),
    )
  })
})

describe('results as they finish', () => {
  it('come in the order in which they settled', () => {
    const arrivals = new AsTheyFinish()
    for (const index of [3, 1]) arrivals.put(taskAt(index))
    expect(arrivals.take()?.index).toBe(3)
    for (const index of [2, 0]) arrivals.put(taskAt(index))
    expect(takeAll(arrivals)).toEqual([1, 2, 0])
    expect(arrivals.take()).toBeUndefined()
  })
})
