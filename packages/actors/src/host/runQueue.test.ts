import { describe, expect, it } from 'vitest'
import { RunQueue, type Pace } from './runQueue.ts'

/** What the event loop is to do, done when the test says so; each message takes `tookMs`. */
function aThread() {
  let nowMs = 0
  const soon: (() => void)[] = []
  const afterTurn: (() => void)[] = []
  const events: string[] = []
  const pace: Pace = {
    soon: (run) => soon.push(run),
    afterTurn: (run) => afterTurn.push(run),
    now: () => nowMs,
  }
  const left = new Map<string, number>()
  const queue = new RunQueue<string>(
    pace,
    (name) => {
      for (let messages = left.get(name)!; messages > 0; messages--) {
        nowMs += thread.tookMs
        events.push(name)
        left.set(name, messages - 1)
        queue.did()
        if (messages > 1 && queue.isOver()) {
          queue.add(name)
          return
        }
      }
    },
    () => events.push('said'),
  )
  const thread = {
    tookMs: 0,
    events,
    add(name: string, messages: number): void {
      left.set(name, messages)
      queue.add(name)
    },
    run: () => queue.run(),
    /** Does what was to be done soon. @returns how much that was */
    settle: () => soon.splice(0).map((run) => run()).length,
    /** The event loop turns. @returns how many waited for that */
    turn: () => afterTurn.splice(0).map((run) => run()).length,
  }
  return thread
}

/** Counts how often it is looked at. */
function aStoppedClock(): { pace: Pace; looks: () => number } {
  let looks = 0
  const now = (): number => {
    looks++
    return 0
  }
  const pace = { soon: () => undefined, afterTurn: () => undefined, now }
  return { pace, looks: () => looks }
}

/** Each item is one message. */
function aQuietQueue() {
  const soon: (() => void)[] = []
  const ran: number[] = []
  const pace: Pace = { soon: (run) => soon.push(run), afterTurn: () => undefined, now: () => 0 }
  const queue = new RunQueue<number>(
    pace,
    (item) => ran.push(item),
    () => undefined,
  )
  return { queue, soon, ran }
}

describe('RunQueue', () => {
  it('runs all that was added in one go, and says so once', () => {
    const thread = aThread()
    thread.add('a', 2)
    thread.add('b', 1)
    expect(thread.settle()).toBe(1)
    expect(thread.events).toEqual(['a', 'a', 'b', 'said'])
    expect(thread.turn()).toBe(0)
  })

  it('lets leave at once what a long message has said', () => {
    const thread = aThread()
    thread.tookMs = 1
    thread.add('a', 1)
    thread.add('b', 1)
    thread.settle()
    expect(thread.events.slice(0, 3)).toEqual(['a', 'said', 'b'])
  })

  it('lets the event loop turn after some milliseconds, in the middle of a step too', () => {
    const thread = aThread()
    thread.tookMs = 1
    thread.add('a', 4)
    expect(thread.run()).toBe(false)
    expect(thread.events.filter((event) => event === 'a')).toHaveLength(2)
    expect(thread.turn()).toBe(1)
    expect(thread.events.filter((event) => event === 'a')).toHaveLength(4)
  })

  it('waits for one turn at a time, however often it is run early', () => {
    const thread = aThread()
    thread.tookMs = 3
    thread.add('a', 9)
    for (let early = 0; early < 4; early++) expect(thread.run()).toBe(false)
    expect(thread.turn()).toBe(1)
    expect(thread.events.filter((event) => event === 'a')).toHaveLength(5)
  })

  it('is not scheduled where its run is expected, and is again afterwards', () => {
    const { queue, soon, ran } = aQuietQueue()
    queue.expectRun()
    queue.add(1)
    queue.add(2)
    expect(soon).toHaveLength(0)
    expect(queue.run()).toBe(true)
    expect(ran).toEqual([1, 2])
    queue.expectRun()
    expect(queue.run()).toBe(true)
    queue.add(3)
    expect(soon).toHaveLength(1)
    soon[0]!()
    expect(ran).toEqual([1, 2, 3])
  })

  it('lets leave what was said even where there is nothing to run, and looks at no clock', () => {
    const { pace, looks } = aStoppedClock()
    let said = 0
    const queue = new RunQueue<number>(
      pace,
      () => undefined,
      () => said++,
    )
    expect(queue.run()).toBe(true)
    expect([said, looks()]).toEqual([1, 0])
  })

  it('looks at the clock once where there is one message', () => {
    const { pace, looks } = aStoppedClock()
    const queue: RunQueue<number> = new RunQueue(
      pace,
      () => queue.did(),
      () => undefined,
    )
    queue.add(1)
    expect(queue.run()).toBe(true)
    expect(looks()).toBe(1)
  })

  it('looks at the clock seldom where messages are short', () => {
    const { pace, looks } = aStoppedClock()
    const queue: RunQueue<number> = new RunQueue(
      pace,
      (messages) => {
        for (let n = 0; n < messages && !queue.isOver(); n++) queue.did()
      },
      () => undefined,
    )
    queue.add(6400)
    expect(queue.run()).toBe(true)
    expect(looks()).toBeLessThan(120)
  })
})
