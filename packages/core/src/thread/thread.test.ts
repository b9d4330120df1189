import { describe, expect, it, vi } from 'vitest'
import { smallArena } from '../memory/smallArena.test-support.ts'
import { PipeTable } from '../memory/pipeTable.ts'
import { ThreadTable } from '../memory/threadTable.ts'
import { type Looker, Reason, Thread } from './thread.ts'

/** Two threads of one arena, and pipes from the first to the second, where they are heard. */
function twoThreads() {
  const arena = smallArena(4)
  const table = new ThreadTable(arena)
  const pipes = new PipeTable(arena)
  const [first, second] = [100, 101].map(
    (threadId) => new Thread(arena, table.claim(threadId, -1), () => false),
  ) as [Thread, Thread]
  const heard: string[] = []

  function connect(from: Thread, to: Thread, socketId: number): number {
    const id = pipes.make(from.slot)
    pipes.setSide(id, 0, from.slot, socketId)
    pipes.open(id)
    pipes.beginAttach(id, pipes.generationOf(id))
    pipes.setSide(id, 1, to.slot, socketId)
    pipes.attach(id)
    return id
  }

  function listen(to: Thread, id: number, name: string, act?: () => void): void {
    to.add(id, 1, {
      signalled: (reasons) => {
        heard.push(`${name} ${reasons}`)
        act?.()
      },
      abandon: () => undefined,
    })
  }

  return { arena, table, pipes, first, second, heard, connect, listen }
}

describe('signals between threads', () => {
  it('come in their order, whatever the numbers of the pipes', () => {
    const { first, second, heard, connect, listen } = twoThreads()
    const ids = [0, 1, 2, 3].map((i) => connect(first, second, i))
    ids.forEach((id, i) => listen(second, id, `pipe ${i}`))
    for (const i of [2, 0, 3, 1]) first.signal(ids[i]!, 1, Reason.readable)
    second.poll()
    expect(heard).toEqual(['pipe 2 2', 'pipe 0 2', 'pipe 3 2', 'pipe 1 2'])
  })

  it('are told once, with all their reasons', () => {
    const { first, second, heard, connect, listen } = twoThreads()
    const id = connect(first, second, 1)
    listen(second, id, 'pipe')
    first.signal(id, 1, Reason.readable)
    first.signal(id, 1, Reason.closed)
    first.signal(id, 1, Reason.readable)
    second.poll()
    second.poll()
    expect(heard).toEqual([`pipe ${Reason.readable | Reason.closed}`])
  })

  it('are not lost when a pipe that was signalled too is freed and made anew', () => {
    const { pipes, first, second, heard, connect, listen } = twoThreads()
    const kept = connect(first, second, 1)
    const freed = connect(first, second, 2)
    listen(second, kept, 'kept')
    first.signal(kept, 1, Reason.readable)
    first.signal(freed, 1, Reason.readable)
    expect(pipes.close(freed, 0, false)).toBe(false)
    expect(pipes.close(freed, 1, false)).toBe(true)
    pipes.release(freed)
    const third = new Thread(first.arena, first.table.claim(102, -1), () => false)
    expect(connect(first, third, 3)).toBe(freed)
    listen(third, freed, 'anew')
    first.signal(freed, 1, Reason.writable)
    second.poll()
    third.poll()
    expect(heard).toEqual(['kept 2', 'anew 4'])
  })

  it('wait for the next look when an end fails', () => {
    const { first, second, heard, connect, listen } = twoThreads()
    const ids = [0, 1, 2].map((i) => connect(first, second, i))
    listen(second, ids[0]!, 'first', () => {
      throw new Error('out of memory')
    })
    listen(second, ids[1]!, 'second')
    listen(second, ids[2]!, 'third')
    for (const id of ids) first.signal(id, 1, Reason.readable)
    expect(() => second.poll()).toThrow('out of memory')
    second.poll()
    expect(heard).toEqual(['first 2', 'second 2', 'third 2'])
  })

  it('start the clock of the turn in which they wake an event loop', async () => {
    const { first, second, connect, listen } = twoThreads()
    const id = connect(first, second, 1)
    second.arm()
    // It sleeps after the first, and the clock that ran then stops with the second.
    for (let turns = 0; turns < 2; turns++) await new Promise(setImmediate)
    const now = vi.spyOn(performance, 'now').mockReturnValue(1000)
    const isOver = new Promise((resolve) => {
      listen(second, id, 'pipe', () => {
        now.mockReturnValue(1001)
        resolve(second.turn.isOver())
      })
    })
    first.signal(id, 1, Reason.readable)
    expect(await isOver).toBe(true)
    now.mockRestore()
    second.end()
  })

  it('refuse a pipe that was attached to a socket that is gone', () => {
    const { pipes, first, second, connect } = twoThreads()
    const id = connect(first, second, 1)
    first.signal(id, 1, Reason.attached)
    pipes.close(id, 0, false)
    second.poll()
    expect(pipes.stateOf(id)).toBe(0)
  })

  it('refuse at the end of a thread what is just being attached', () => {
    const { pipes, table, first, second } = twoThreads()
    const id = pipes.make(first.slot)
    pipes.setSide(id, 0, first.slot, 1)
    pipes.open(id)
    pipes.beginAttach(id, pipes.generationOf(id))
    pipes.setSide(id, 1, second.slot, 2)
    second.end()
    expect(table.isLive(second.slot)).toBe(false)
    expect(first.closeSide(id, 0, false)).toBe(true)
  })
})

describe('signals of a thread to itself', () => {
  it('come in their order, once, with all their reasons, and before others', () => {
    const { first, second, heard, connect, listen } = twoThreads()
    const ids = [0, 1, 2].map((i) => connect(second, second, i))
    const other = connect(first, second, 3)
    ids.forEach((id, i) => listen(second, id, `pipe ${i}`))
    listen(second, other, 'other')
    first.signal(other, 1, Reason.readable)
    for (const i of [2, 0, 2]) second.signal(ids[i]!, 1, Reason.readable)
    second.signal(ids[0]!, 1, Reason.closed)
    second.poll()
    second.poll()
    expect(heard).toEqual(['pipe 2 2', 'pipe 0 10', 'other 2'])
  })

  it('come without a call', async () => {
    const { second, heard, connect, listen } = twoThreads()
    const id = connect(second, second, 0)
    listen(second, id, 'pipe')
    second.signal(id, 1, Reason.readable)
    await Promise.resolve()
    expect(heard).toEqual(['pipe 2'])
  })

  it('that follow from others come the next time', () => {
    const { second, heard, connect, listen } = twoThreads()
    const ids = [0, 1].map((i) => connect(second, second, i))
    const signal = (i: number): void => second.signal(ids[i]!, 1, Reason.readable)
    let left = 3
    const signalAgain = (): void => {
      if (left-- > 0) signal(0)
    }
    listen(second, ids[0]!, 'first', signalAgain)
    listen(second, ids[1]!, 'second', signalAgain)
    signal(0)
    signal(1)
    second.poll()
    expect(heard).toEqual(['first 2', 'second 2'])
    second.poll()
    expect(heard).toEqual(['first 2', 'second 2', 'first 2'])
  })

  it('are seen to once when an end asks for what is left', () => {
    const { second, heard, connect, listen } = twoThreads()
    const ids = [0, 1, 2].map((i) => connect(second, second, i))
    listen(second, ids[0]!, 'first', () => second.poll())
    listen(second, ids[1]!, 'second', () => second.poll())
    listen(second, ids[2]!, 'third')
    for (const id of ids) second.signal(id, 1, Reason.readable)
    second.poll()
    expect(heard).toEqual(['first 2', 'second 2', 'third 2'])
  })

  it('wait for the next look when an end fails, and end with their end', () => {
    const { second, heard, connect, listen } = twoThreads()
    const ids = [0, 1, 2].map((i) => connect(second, second, i))
    listen(second, ids[0]!, 'first', () => {
      throw new Error('out of memory')
    })
    listen(second, ids[1]!, 'second')
    listen(second, ids[2]!, 'third')
    for (const id of ids) second.signal(id, 1, Reason.readable)
    expect(() => second.poll()).toThrow('out of memory')
    second.remove(ids[1]!, 1)
    listen(second, ids[1]!, 'anew')
    second.poll()
    expect(heard).toEqual(['first 2', 'third 2'])
  })

  it('keep a thread from sleeping', () => {
    const { second, heard, connect, listen } = twoThreads()
    const id = connect(second, second, 0)
    listen(second, id, 'pipe')
    second.signal(id, 1, Reason.readable)
    const sleep = (): never => expect.unreachable()
    second.wait(Infinity, () => false, sleep)
    expect(heard).toEqual(['pipe 2'])
  })

  it('accept an end that is not there yet', () => {
    const { second, connect } = twoThreads()
    const accepted: number[] = []
    const socketId = second.register({
      accept: (pipeId) => accepted.push(pipeId),
      shutDown: () => undefined,
      terminate: () => undefined,
    })
    const id = connect(second, second, socketId)
    second.signal(id, 1, Reason.attached)
    second.poll()
    expect(accepted).toEqual([id])
  })
})

describe('the slots of threads', () => {
  it('count no sockets of a thread that is gone', () => {
    const { table, first } = twoThreads()
    table.addSockets(first.slot, 5)
    expect(table.sockets()).toBe(5)
    table.release(first.slot)
    expect(table.sockets()).toBe(0)
  })

  it('know the threads that a thread had started', () => {
    const { table } = twoThreads()
    const child = table.claim(200, 100)
    const grandchild = table.claim(300, 200)
    const stranger = table.claim(400, 999)
    expect(table.descendants(100)).toEqual([0, child, grandchild])
    expect(table.descendants(200)).toEqual([child, grandchild])
    expect(table.hasChildren(200)).toBe(true)
    expect(table.hasChildren(300)).toBe(false)
    expect(table.threadIdOf(stranger)).toBe(400)
  })

  it('of a thread that ends wait for those it has started', () => {
    const { arena, table, second } = twoThreads()
    const child = table.claim(200, 101)
    second.end()
    expect(table.descendants(101)).toEqual([second.slot, child])
    const childless = new Thread(arena, child, () => false)
    childless.end()
    expect(table.descendants(101)).toEqual([second.slot])
  })
})

describe('who looks again in the event loop', () => {
  /** Waits for words, and tells what it does and is asked. */
  function looking(thread: Thread, heard: string[], name: string, isThere: () => boolean): Looker {
    const looker: Looker = {
      isReady: isThere,
      park: () => {
        heard.push(`${name} parks`)
        return !isThere()
      },
      look: () => {
        heard.push(`${name} looks`)
        if (!isThere()) thread.lookAfter(looker)
      },
    }
    return looker
  }

  /** When all that is due before the event loop turns is done. */
  const done = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  it('looks, unparked, when it is worth it before the thread sleeps', async () => {
    const { second, heard } = twoThreads()
    let isThere = false
    expect(second.lookAfter(looking(second, heard, 'one', () => isThere))).toBe(true)
    isThere = true
    await done()
    expect(heard).toEqual(['one parks', 'one looks'])
    second.end()
  })

  it('is parked before the thread sleeps, and at once while it does', async () => {
    const { second, heard } = twoThreads()
    second.lookAfter(looking(second, heard, 'one', () => false))
    expect(heard).toEqual([])
    await done()
    expect(heard).toEqual(['one parks'])
    expect(second.lookAfter(looking(second, heard, 'two', () => false))).toBe(true)
    expect(second.lookAfter(looking(second, heard, 'three', () => true))).toBe(false)
    expect(heard).toEqual(['one parks', 'two parks', 'three parks'])
    second.end()
  })

  it('is parked at once when some do so already, and is kept once', () => {
    const { second, heard } = twoThreads()
    const lookers = Array.from({ length: 6 }, (_, i) => looking(second, heard, `${i}`, () => false))
    for (const looker of [...lookers, ...lookers.slice(0, 3)]) second.lookAfter(looker)
    expect(heard).toEqual(['4 parks', '5 parks'])
    second.end()
  })
})
