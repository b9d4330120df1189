// A counter in a thread of its own: told, asked, and read as a stream

import { isMainThread } from 'node:worker_threads'
import { createSystem, defineActor } from '@ringpost/actors'

const counter = defineActor(import.meta.url, 'counter', (_ctx, start: number) => {
  let n = start
  return {
    add(by: number) {
      n += by
    },
    value: () => n,
    *upTo(limit: number) {
      while (n < limit) yield n++
    },
  }
})

// Host threads import this file as well, for the definition.
if (isMainThread) {
  await using system = await createSystem({ hosts: 1 })
  const ref = await system.spawn(counter, 40)

  console.log('taken:', ref.tell.add(1)) // never waits
  await ref.send.add(1) // waits for room in the mailbox
  console.log('value:', await ref.ask.value())
  for await (const n of ref.stream.upTo(45)) console.log('read:', n)
}

// Prints:
//
//   taken: true
//   value: 42
//   read: 42
//   read: 43
//   read: 44
