import { describe, expect, it } from 'vitest'
import { PipeState } from '../memory/layout.ts'
import { smallArena } from '../memory/smallArena.test-support.ts'
import { core } from '../testing/core.test-support.ts'
import { explore } from '../testing/explore.test-support.ts'
import {
  atomic,
  call,
  eventLoop,
  now,
  type Process,
  settle,
} from '../testing/party.test-support.ts'
import { SmallWorld } from '../testing/smallWorld.test-support.ts'

const { PipeTable, reapThreads, Reason, Thread, ThreadTable } = core

/** Threads and their slots; thread ids are the slots and 100. */
const [FIRST, SECOND, THIRD, REAPER] = [0, 1, 2, 3]

describe('every interleaving of signals and sleep', () => {
  const arena = smallArena(16)
  const { words } = arena
  const table = new ThreadTable(arena)
  for (const slot of [FIRST, SECOND, THIRD, REAPER]) now(table.claim(100 + slot, -1))
  const pipes = new PipeTable(arena)
  /** From the first and from the second thread to the third. */
  const toThird = [FIRST, SECOND].map((slot) => {
    const id = now(pipes.make(slot))
    now(pipes.setSide(id, 0, slot, 1))
    now(pipes.open(id))
    now(pipes.beginAttach(id, now(pipes.generationOf(id))))
    now(pipes.setSide(id, 1, THIRD, 2))
    now(pipes.attach(id))
    return id
  })
  /** Words of the context's options: what a signal tells of. */
  const news = [40, 41]
  const world = new SmallWorld(arena, { header: 64, threads: 4, pipes: 3, heapPages: 1 })

  const threadOf = (slot: number) => new Thread(arena, slot, () => false)
  type Threads = ReturnType<typeof threadOf>

  /** Tells the third thread some news of pipe `i`, `count` times. */
  const teller = (name: string, i: number, count: number, reaper?: string) => {
    const thread = threadOf(i)
    return {
      name,
      state: [thread],
      ...(reaper === undefined ? {} : { reaper }),
      *run() {
        for (let n = 1; n <= count; n++) {
          settle(n)
          yield* atomic('store', words, news[i]!, n)
          yield* call(thread.signal(toThird[i]!, 1, Reason.readable))
        }
      },
    }
  }

  /** Pipes that the third thread learns of, each by a signal. */
  function listen(thread: Threads, heard: number[]): void {
    toThird.forEach((id, i) => {
      now(
        thread.add(id, 1, {
          *signalled() {
            const isClosed = ((yield* call(pipes.stateOf(id))) & PipeState.closed[0]) !== 0
            const value = Number(yield* atomic('load', words, news[i]!))
            heard[i] = isClosed ? Infinity : value
          },
          abandon: () => undefined,
        } as never),
      )
    })
  }

  const hasHeard = (heard: readonly number[], expected: readonly number[]): boolean =>
    expected.every((value, i) => heard[i]! >= value)

  const sleeper = (heard: number[], expected: readonly number[]) => {
    const thread = threadOf(THIRD)
    listen(thread, heard)
    return {
      name: 'sleeper',
      state: [thread, heard],
      *run() {
        while (!hasHeard(heard, expected)) {
          settle()
          yield* call(
            thread.wait(
              Infinity,
              () => false,
              () => true,
            ),
          )
        }
      },
    }
  }

  const reaperOf = (slot: number) => {
    const self = threadOf(REAPER)
    return {
      name: 'reaper',
      state: [self],
      *run() {
        yield* call(reapThreads(self, 100 + slot))
      },
    }
  }

  it('wakes a thread that blocks, as often as it is signalled', () => {
    let heard: number[] = []
    const states = explore(world, {
      parties: () => {
        heard = [0, 0]
        return [teller('first', FIRST, 2), sleeper(heard, [2])]
      },
      atEnd: () => expect(heard).toEqual([2, 0]),
    })
    console.log(states)
  })

  it('wakes a thread that blocks, whoever signals', () => {
    let heard: number[] = []
    const states = explore(world, {
      parties: () => {
        heard = [0, 0]
        return [teller('first', FIRST, 1), teller('second', SECOND, 1), sleeper(heard, [1, 1])]
      },
      atEnd: () => expect(heard).toEqual([1, 1]),
    })
    console.log(states)
  })

  it('wakes an event loop', () => {
    let heard: number[] = []
    const states = explore(world, {
      parties: () => {
        heard = [0, 0]
        const own = heard
        const thread = threadOf(THIRD)
        listen(thread, own)
        return [
          teller('first', FIRST, 2),
          {
            name: 'loop',
            state: [thread, own],
            *run() {
              yield* call(thread.arm())
              yield* eventLoop(() => own[0] === 2)
            },
          },
        ]
      },
      atEnd: () => expect(heard).toEqual([2, 0]),
    })
    console.log(states)
  })

  it('wakes an event loop for who is parked only before it sleeps', () => {
    /** Whether the third thread wants to be told of news. */
    const parked = 42
    let heard: number[] = []
    const states = explore(world, {
      parties: () => {
        heard = [0, 0]
        const own = heard
        const thread = threadOf(THIRD)
        const looker = {
          *isReady(): Process<boolean> {
            return Number(yield* atomic('load', words, news[0]!)) > own[0]!
          },
          *park(): Process<boolean> {
            yield* atomic('store', words, parked, 1)
            return !(yield* looker.isReady())
          },
          *look(): Process {
            while (yield* looker.isReady()) own[0] = Number(yield* atomic('load', words, news[0]!))
            if (own[0]! < 2 && !(yield* call(thread.lookAfter(looker as never))))
              yield* looker.look()
          },
        }
        now(
          thread.add(toThird[0]!, 1, {
            signalled: () => looker.look(),
            abandon: () => undefined,
          } as never),
        )
        const writer = threadOf(FIRST)
        return [
          {
            name: 'writer',
            state: [writer],
            *run() {
              for (const value of [1, 2]) {
                settle(value)
                yield* atomic('store', words, news[0]!, value)
                const isParked = yield* atomic('exchange', words, parked, 0)
                if (isParked === 1) yield* call(writer.signal(toThird[0]!, 1, Reason.readable))
              }
            },
          },
          {
            name: 'loop',
            state: [thread, own],
            *run() {
              yield* looker.look()
              yield* eventLoop(() => own[0] === 2)
            },
          },
        ]
      },
      atEnd: () => expect(heard).toEqual([2, 0]),
    })
    console.log(states)
  })

  it('wakes a thread when one that was about to signal it is gone', () => {
    let heard: number[] = []
    const states = explore(world, {
      parties: () => {
        heard = [0, 0]
        return [teller('first', FIRST, 2, 'reaper'), sleeper(heard, [2]), reaperOf(FIRST)]
      },
      atEnd: () => expect(heard[0]).toBeGreaterThanOrEqual(2),
    })
    console.log(states)
  })
})
