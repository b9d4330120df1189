import { describe, expect, it } from 'vitest'
import { direction } from '../memory/layout.ts'
import { smallArena } from '../memory/smallArena.test-support.ts'
import { core } from '../testing/core.test-support.ts'
import { explore } from '../testing/explore.test-support.ts'
import { atomic, call, now, settle, type Process } from '../testing/party.test-support.ts'
import { SmallWorld } from '../testing/smallWorld.test-support.ts'
import { Slab } from './slab.ts'

const { Heap, LatestValueReader, LatestValueWriter, RingReader, RingWriter, directionAt } = core

const PIPE = 0
const [WRITER, READER] = [0, 1]

describe('every interleaving of a ring', () => {
  const arena = smallArena(16)
  const { words } = arena
  const at = directionAt(arena, PIPE, 0)
  // Words of the context's options: one party sets one, the other waits for it.
  const [readable, writable] = [40, 41]
  const world = new SmallWorld(arena, { header: 64, threads: 0, pipes: 1, heapPages: 2 })
  const heap = new Heap(arena, READER)

  function* signal(index: number): Process {
    yield* atomic('store', words, index, 1)
    yield* atomic('notify', words, index)
  }

  function* waitFor(index: number): Process {
    yield* atomic('wait', words, index, 0)
    yield* atomic('store', words, index, 0)
  }

  const newWriter = () => new RingWriter(new Heap(arena, WRITER), PIPE, at)
  const newReader = () => new RingReader(new Heap(arena, READER), new Slab(), PIPE, at)

  /** What is left when both sides have closed. */
  function leak(reader: { leave(): void }): number {
    now(reader.leave())
    now(newReader().discard())
    return now(heap.usedBytes())
  }

  it('loses no message and no wake-up between a writer and a reader that parks', () => {
    let received: number[] = []
    let reader: ReturnType<typeof newReader>
    const states = explore(world, {
      parties: () => {
        const writer = newWriter()
        const own = (reader = newReader())
        const taken: number[] = (received = [])
        return [
          {
            name: 'writer',
            state: [writer],
            *run() {
              for (let i = 1; i <= 2; i++) {
                settle(i)
                yield* call(writer.frame(Buffer.from([i]), 0))
                yield* call(writer.commit())
                if (yield* call(writer.publish())) yield* signal(readable)
              }
            },
          },
          {
            name: 'reader',
            state: [own, taken],
            *run() {
              while (taken.length < 2) {
                settle()
                if ((yield* call(own.available())) > 0) {
                  taken.push((yield* call(own.read()))[0]![0]!)
                } else if (yield* call(own.park())) {
                  yield* waitFor(readable)
                }
              }
            },
          },
        ]
      },
      atEnd: () => {
        expect(received).toEqual([1, 2])
        expect(leak(reader)).toBe(0)
      },
    })
    console.log(states)
  })

  it('loses no room between a reader and a writer that parks', () => {
    const [count, limit] = [4, 2]
    let received: number[] = []
    let reader: ReturnType<typeof newReader>
    const states = explore(world, {
      parties: () => {
        const writer = newWriter()
        const own = (reader = newReader())
        const taken: number[] = (received = [])
        return [
          {
            name: 'writer',
            state: [writer],
            *run() {
              for (let i = 1; i <= count; i++) {
                settle(i)
                while (!(yield* call(writer.hasRoom(limit)))) {
                  settle(i)
                  if (yield* call(writer.park(limit))) yield* waitFor(writable)
                }
                yield* call(writer.frame(Buffer.from([i]), 0))
                yield* call(writer.commit())
                if (yield* call(writer.publish())) yield* signal(readable)
              }
            },
          },
          {
            name: 'reader',
            state: [own, taken],
            *run() {
              while (taken.length < count) {
                settle()
                if ((yield* call(own.available())) > 0) {
                  taken.push((yield* call(own.read()))[0]![0]!)
                }
                if (yield* call(own.release(limit >> 1))) yield* signal(writable)
                if (taken.length < count && (yield* call(own.park()))) yield* waitFor(readable)
              }
            },
          },
        ]
      },
      atEnd: () => {
        expect(received).toEqual([1, 2, 3, 4])
        expect(leak(reader)).toBe(0)
      },
    })
    console.log(states)
  })

  it('hands segments on and back, each to one side only', () => {
    // Two messages fill a segment, so that the writer hops, and finds the spare one, or does not.
    const messages = [1, 2, 3, 4, 5, 6].map((i) => Buffer.alloc(500, i))
    let received: number[] = []
    let reader: ReturnType<typeof newReader>
    const states = explore(world, {
      parties: () => {
        const writer = newWriter()
        const own = (reader = newReader())
        const taken: number[] = (received = [])
        return [
          {
            name: 'writer',
            state: [writer],
            *run() {
              for (const message of messages) {
                settle(message[0])
                yield* call(writer.frame(message, 0))
                yield* call(writer.commit())
                yield* call(writer.publish())
              }
            },
          },
          {
            name: 'reader',
            state: [own, taken],
            *run() {
              for (let looks = 0; looks < 8; looks++) {
                settle(looks)
                if ((yield* call(own.available())) > 0) {
                  const [message] = yield* call(own.read())
                  taken.push(...new Set(message))
                }
                if (looks === 5) yield* call(own.park())
              }
            },
          },
        ]
      },
      atEnd: () => {
        expect(received).toEqual([1, 2, 3, 4, 5, 6].slice(0, received.length))
        expect(leak(reader)).toBe(0)
      },
    })
    console.log(states)
  })

  it('hands on the latest value, and frees each once', () => {
    let received: number[] = []
    let reader: InstanceType<typeof LatestValueReader>
    const states = explore(world, {
      parties: () => {
        const writer = new LatestValueWriter(new Heap(arena, WRITER), PIPE, at)
        const own = (reader = new LatestValueReader(new Heap(arena, READER), PIPE, at))
        const taken: number[] = (received = [])
        return [
          {
            name: 'writer',
            state: [writer],
            *run() {
              for (let i = 1; i <= 3; i++) {
                settle(i)
                yield* call(writer.frame(Buffer.from([i]), 0))
                yield* call(writer.commit())
                if (yield* call(writer.publish())) yield* signal(readable)
              }
            },
          },
          {
            name: 'reader',
            state: [own, taken],
            *run() {
              while (taken.at(-1) !== 3) {
                settle()
                if ((yield* call(own.available())) > 0) {
                  taken.push((yield* call(own.read()))[0]![0]!)
                } else if (yield* call(own.park())) {
                  yield* waitFor(readable)
                }
              }
            },
          },
        ]
      },
      atEnd: () => {
        expect(received).toEqual([...new Set(received)].sort((a, b) => a - b))
        now(reader.discard())
        expect(words[at + direction.latest]).toBe(0)
        expect(now(heap.usedBytes())).toBe(0)
      },
    })
    console.log(states)
  })
})
