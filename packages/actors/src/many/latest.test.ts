import { expect, it } from 'vitest'
import { Latest } from './latest.ts'

it('gives the newest value to a slow reader', async () => {
  let closed = 0
  const latest = new Latest<number>(() => closed++)
  latest.push(1)
  latest.push(2)
  expect(await latest.next()).toEqual({ done: false, value: 2 })
  const next = latest.next()
  await expect(latest.next()).rejects.toThrow('awaited already')
  latest.push(3)
  latest.push(4)
  expect([(await next).value, (await latest.next()).value]).toEqual([3, 4])
  latest.push(5)
  for await (const value of latest) {
    expect(value).toBe(5)
    break
  }
  latest.push(6)
  expect(await latest.next()).toEqual({ done: true, value: undefined })
  expect(closed).toBe(1)
})

it('ends with an error, now or when asked', async () => {
  const waiting = new Latest<number>(() => {})
  const next = waiting.next()
  waiting.end(new RangeError('over'))
  await expect(next).rejects.toThrow('over')
  expect((await waiting.next()).done).toBe(true)

  const before = new Latest<number>(() => {})
  before.push(1)
  before.end(new RangeError('over'))
  expect((await before.next()).value).toBe(1)
  await expect(before.next()).rejects.toThrow('over')
  await expect(before.throw(new TypeError('mine'))).rejects.toThrow('mine')
})
