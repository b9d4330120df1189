import { Context } from '@ringpost/core'
import { enter } from '@ringpost/core/internal'
import { expect, it } from 'vitest'
import { Channel } from './channel.ts'

/** Both ends, in this thread: nothing is read before it comes to its event loop. */
function channel() {
  const { thread, inproc } = new Context()[enter]()
  const taken: string[] = []
  let last: string | undefined
  let found: () => void
  const take = (message: string): void => {
    taken.push(message)
    if (message === last) found()
  }
  Channel.connect<string, string>(thread, inproc, 'here', take, () => undefined)
  const far = Channel.join<string, string>(thread, inproc, 'here', () => undefined)
  /** Settles when the message has been taken. */
  const until = (message: string): Promise<void> => {
    last = message
    return new Promise((resolve) => (found = resolve))
  }
  return { far, taken, until }
}

/** @returns how many were there room for */
function fill(far: Channel<string, string>): number {
  let count = 0
  while (far.offer('filling')) count++
  return count
}

it('keeps the latest of each name where there is no room, in the order in which they came', async () => {
  const { far, taken, until } = channel()
  const room = fill(far)
  expect(room).toBeGreaterThan(0)
  for (const message of ['a 1', 'b 1', 'a 2', 'a 3']) far.offerLatest(message[0]!, message)
  // Nothing goes before what is kept.
  expect(far.offer('dropped')).toBe(false)
  await until('a 3')
  expect(taken.slice(room)).toEqual(['b 1', 'a 3'])
  far.offerLatest('a', 'a 4')
  await until('a 4')
  expect(taken).toHaveLength(room + 3)
})
