import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MOST_WAITING_BYTES, NoticeQueue, WAITING_OVERHEAD_BYTES } from './noticeQueue.ts'

it('gives out in order what it has taken, and knows how many wait', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (steps) => {
      const queue = new NoticeQueue<number>()
      const waiting: number[] = []
      for (const [step, adds] of steps.entries()) {
        if (adds) {
          queue.add(step, 10)
          waiting.push(step)
        } else {
          expect(queue.shift()).toBe(waiting.shift())
        }
        expect(queue.length).toBe(waiting.length)
      }
    }),
  )
})

it('takes as many as the bound allows, also after some have been received', () => {
  const queue = new NoticeQueue<number>()
  const most = MOST_WAITING_BYTES / 2 ** 20
  const bytes = 2 ** 20 - WAITING_OVERHEAD_BYTES
  for (let number = 0; number < 2 * most; number++) queue.add(number, bytes)
  expect(queue.length).toBe(most)
  for (let number = 0; number < 10; number++) expect(queue.shift()).toBe(number)
  for (let number = 0; number < 20; number++) queue.add(1000 + number, bytes)
  expect(queue.length).toBe(most)
  for (let number = 10; number < most; number++) expect(queue.shift()).toBe(number)
  for (let number = 0; number < 10; number++) expect(queue.shift()).toBe(1000 + number)
  expect(queue.shift()).toBeUndefined()
})
