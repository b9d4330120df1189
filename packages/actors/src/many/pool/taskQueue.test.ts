import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TaskQueue, type Queued } from './taskQueue.ts'

class Item implements Queued {
  waitsIn: TaskQueue<never> | undefined
  ahead: Queued | undefined
  behind: Queued | undefined
}

const steps = fc.array(
  fc.oneof(
    fc.constant({ act: 'push' as const, at: 0 }),
    fc.constant({ act: 'unshift' as const, at: 0 }),
    fc.constant({ act: 'shift' as const, at: 0 }),
    fc.record({ act: fc.constant('remove' as const), at: fc.nat(20) }),
  ),
)

it('is an array whose elements can leave from anywhere', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const queue = new TaskQueue<Item>()
      const model: Item[] = []
      for (const { act, at } of all) {
        const item = new Item()
        if (act === 'push') {
          queue.push(item)
          model.push(item)
        } else if (act === 'unshift') {
          queue.unshift(item)
          model.unshift(item)
        } else if (act === 'shift') expect(queue.shift()).toBe(model.shift())
        else if (model.length > 0) {
          const [gone] = model.splice(at % model.length, 1)
          queue.remove(gone!)
          expect(gone!.waitsIn).toBeUndefined()
        }
        expect(queue.length).toBe(model.length)
        expect(model.every(({ waitsIn }) => waitsIn === (queue as never))).toBe(true)
      }
      while (model.length > 0) expect(queue.shift()).toBe(model.shift())
      expect(queue.shift()).toBeUndefined()
    }),
  )
})
