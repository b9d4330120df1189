import { Context } from '@ringpost/core'
import { enter, type Thread } from '@ringpost/core/internal'
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
  return { far, taken, until, thread }
}

/** All memory that there is, and how it is given back. */
function takeAllMemory({ heap, owner }: Thread): () => void {
  const blocks: number[] = []
  for (let bytes = 2 ** 30; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    for (let ref = heap.allocate(bytes, owner); ref !== 0; ref = heap.allocate(bytes, owner)) {
      blocks.push(ref)
    }
  }
  return () => {
    for (const ref of blocks) heap.free(ref, owner)
  }
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

it('sends what there was no memory for when there is some, in its order', async () => {
  const { far, taken, until, thread } = channel()
  const giveBack = takeAllMemory(thread)
  // Longer than what a segment has left.
  const long = 'x'.repeat(20_000)
  far.post(`${long} 1`)
  far.post('2')
  expect(far.offer('dropped')).toBe(false)
  far.offerLatest('state', '3')
  expect(taken).toEqual([])
  giveBack()
  await until('3')
  expect(taken).toEqual([`${long} 1`, '2', '3'])
})
