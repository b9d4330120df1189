import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FairQueue } from './fairQueue.ts'
import type { ReadablePipe } from './queuedPipe.ts'
import { Turns } from './turns.test-support.ts'

/** A pipe as far as a fair queue is concerned, which has a number of messages. */
class SmallPipe implements ReadablePipe {
  inIndex = -1
  messages: number
  isParked = false
  /** The peer has closed, so that the pipe ends when it is drained. */
  isClosed = false
  /** Messages that arrive when the pipe is about to be parked. */
  late = 0
  /** How often somebody has looked for a message. */
  looks = 0
  readonly #queue: FairQueue<SmallPipe>

  constructor(queue: FairQueue<SmallPipe>, messages: number) {
    this.#queue = queue
    this.messages = messages
  }

  canRead(): boolean {
    if (this.isParked) throw new Error('A parked pipe was looked at')
    this.looks++
    return this.messages > 0
  }

  /** How many of the looks were a stream's. */
  streamLooks = 0

  canReadStream(): boolean {
    this.streamLooks++
    return this.canRead()
  }

  parkReading(): boolean {
    this.messages += this.late
    this.late = 0
    this.isParked = this.messages === 0
    return this.isParked
  }

  unparkReading(): void {
    this.isParked = false
  }

  endIfDrained(): boolean {
    if (!this.isClosed || this.messages > 0) return false
    this.#queue.detach(this)
    return true
  }

  /** A message comes in, and a parked pipe says so. */
  arrive(): void {
    this.messages++
    if (this.isParked) this.#queue.activate(this)
  }
}

function queueOver(...messages: number[]): { queue: FairQueue<SmallPipe>; pipes: SmallPipe[] } {
  const queue = new FairQueue<SmallPipe>()
  const pipes = messages.map((count) => new SmallPipe(queue, count))
  for (const pipe of pipes) queue.attach(pipe)
  return { queue, pipes }
}

function take(queue: FairQueue<SmallPipe>): SmallPipe | undefined {
  const pipe = queue.next()
  if (pipe === undefined) return undefined
  pipe.messages--
  queue.advance()
  return pipe
}

/** Takes all messages; tells which pipes they came from. */
function drain({ queue, pipes }: { queue: FairQueue<SmallPipe>; pipes: SmallPipe[] }): number[] {
  const order: number[] = []
  for (let pipe = take(queue); pipe !== undefined; pipe = take(queue)) {
    order.push(pipes.indexOf(pipe))
  }
  return order
}

const many = (count: number): number[] => Array.from({ length: count }, () => 0)

describe('FairQueue', () => {
  it('takes one message of each pipe in turn', () => {
    expect(drain(queueOver(3, 3, 3))).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2])
  })

  it('lets nobody wait for pipes that have less', () => {
    expect(drain(queueOver(1, 0, 3, 2))).toEqual([0, 2, 3, 2, 3, 2])
  })

  it('has nothing without a pipe', () => {
    const { queue } = queueOver()
    expect([queue.next(), queue.size, queue.park()]).toEqual([undefined, 0, true])
  })

  it('stays with a pipe until it is told to advance', () => {
    const { queue, pipes } = queueOver(2, 2)
    expect([queue.next(), queue.next()]).toEqual([pipes[0], pipes[0]])
    queue.advance()
    expect(queue.next()).toBe(pipes[1])
  })

  it('goes on with the next pipe after it has found nothing', () => {
    const { queue, pipes } = queueOver(1, 0, 0)
    expect([take(queue), take(queue)]).toEqual([pipes[0], undefined])
    for (const pipe of pipes) pipe.messages++
    expect(drain({ queue, pipes })).toEqual([1, 2, 0])
  })

  it('begins another round when the last one has had its turn: who is attached then waits for it', () => {
    const { queue, pipes } = queueOver(9, 9, 9)
    expect([take(queue), take(queue), take(queue)]).toEqual(pipes)
    const fourth = new SmallPipe(queue, 9)
    queue.attach(fourth)
    const next = [take(queue), take(queue), take(queue), take(queue)]
    expect(next).toEqual([...pipes, fourth])
  })

  it('tells which pipes may have messages', () => {
    const { queue, pipes } = queueOver(1, 0, 0, 0, 0, 1)
    const active = (): number[] => {
      const indices: number[] = []
      queue.forEachActive((pipe) => indices.push(pipes.indexOf(pipe)))
      return indices.toSorted((a, b) => a - b)
    }
    expect(active()).toEqual([0, 1, 2, 3, 4, 5])
    expect(drain({ queue, pipes })).toEqual([0, 5])
    expect(queue.park()).toBe(true)
    expect(active()).toEqual([])
    for (const index of [1, 4]) pipes[index]!.arrive()
    expect(active()).toEqual([1, 4])
  })

  it('looks at a few pipes itself, without parking them', () => {
    const { queue, pipes } = queueOver(0, 0)
    expect(queue.next()).toBe(undefined)
    expect(pipes.map(({ isParked, looks }) => [isParked, looks])).toEqual([
      [false, 1],
      [false, 1],
    ])
    pipes[1]!.messages++
    expect(queue.next()).toBe(pipes[1])
  })

  it('parks those of many pipes that have no message, and looks at them no more', () => {
    const { queue, pipes } = queueOver(...many(50))
    expect(queue.next()).toBe(undefined)
    expect(pipes.filter(({ isParked }) => isParked).length).toBeGreaterThan(40)
    pipes[7]!.arrive()
    for (const pipe of pipes) pipe.looks = 0
    expect(queue.next()).toBe(pipes[7])
    expect(pipes.filter(({ looks }) => looks > 0).length).toBeLessThan(10)
  })

  it('looks at every one of many pipes before it says that there is nothing', () => {
    for (let last = 0; last < 12; last++) {
      const { queue, pipes } = queueOver(...many(12))
      pipes[last]!.messages = 1
      expect([take(queue), take(queue)]).toEqual([pipes[last], undefined])
    }
  })

  it('looks at each pipe once before it says that there is nothing', () => {
    const { queue, pipes } = queueOver(...many(3))
    expect(queue.next()).toBe(undefined)
    expect(pipes.map(({ looks }) => looks)).toEqual([1, 1, 1])
  })

  it('keeps one of many pipes that gets a message while it is being parked', () => {
    const { queue, pipes } = queueOver(...many(8))
    pipes[0]!.late = 1
    expect(take(queue) ?? take(queue)).toBe(pipes[0])
    expect(take(queue)).toBe(undefined)
  })

  it('parks them all when asked to', () => {
    const { queue, pipes } = queueOver(0, 0, 0)
    expect(queue.park()).toBe(true)
    expect(pipes.map(({ isParked }) => isParked)).toEqual([true, true, true])
    expect(queue.next()).toBe(undefined)
    expect(pipes.map(({ looks }) => looks)).toEqual([0, 0, 0])
  })

  it('does not park while a message is there after all', () => {
    const { queue, pipes } = queueOver(0, 0, 0)
    pipes[1]!.late = 1
    expect(queue.park()).toBe(false)
    expect([take(queue), queue.park()]).toEqual([pipes[1], true])
  })

  it('takes parked pipes back when they are readable, however often they say so', () => {
    const { queue, pipes } = queueOver(0, 0, 0)
    queue.park()
    for (const index of [2, 0]) {
      pipes[index]!.messages = 2
      queue.activate(pipes[index]!)
      queue.activate(pipes[index]!)
    }
    expect(drain({ queue, pipes })).toEqual([2, 0, 2, 0])
    expect(pipes.map(({ isParked }) => isParked)).toEqual([false, true, false])
  })

  it('lets go of pipes that have ended, and goes on with the others', () => {
    const { queue, pipes } = queueOver(1, 0, 1, 0, 1)
    for (const index of [1, 2, 3]) pipes[index]!.isClosed = true
    expect(new Set(drain({ queue, pipes }))).toEqual(new Set([0, 2, 4]))
    expect(new Set(queue.pipes)).toEqual(new Set([pipes[0], pipes[4]]))
    expect(pipes.map(({ inIndex }) => inIndex >= 0)).toEqual([true, false, false, false, true])
  })

  it('overlooks no message when it has looked at the pipe that takes the place of one that ends', () => {
    const { queue, pipes } = queueOver(1, 1, 0)
    expect([take(queue), take(queue)]).toEqual([pipes[0], pipes[1]])
    pipes[0]!.isClosed = true
    pipes[1]!.messages = 1
    expect(take(queue)).toBe(pipes[1])
  })

  it('lets go of all pipes when all have ended', () => {
    for (const ask of ['next', 'park'] as const) {
      const { queue, pipes } = queueOver(0, 0, 0)
      for (const pipe of pipes) pipe.isClosed = true
      expect(queue[ask]()).toBe(ask === 'park' ? true : undefined)
      expect(queue.size).toBe(0)
    }
  })

  it('lets go of pipes that have ended before it parks', () => {
    const { queue, pipes } = queueOver(0, 0, 0, 0)
    for (const index of [0, 2, 3]) pipes[index]!.isClosed = true
    expect(queue.park()).toBe(true)
    expect(queue.pipes).toEqual([pipes[1]])
    expect(pipes.map(({ isParked }) => isParked)).toEqual([false, true, false, false])
  })

  it('goes on in turn when a pipe is attached or detached in between', () => {
    const { queue, pipes } = queueOver(9, 9, 9)
    const fourth = new SmallPipe(queue, 9)
    pipes.push(fourth)
    const order = [take(queue)]
    queue.attach(fourth)
    order.push(take(queue), take(queue), take(queue), take(queue))
    expect(order).toEqual([...pipes, pipes[0]])
    queue.detach(pipes[0]!)
    queue.detach(fourth)
    expect(new Set([take(queue), take(queue)])).toEqual(new Set([pipes[1], pipes[2]]))
  })

  it('does not mind a pipe that is detached twice, or never was attached', () => {
    const { queue, pipes } = queueOver(1, 1)
    queue.detach(new SmallPipe(queue, 1))
    queue.detach(pipes[0]!)
    queue.detach(pipes[0]!)
    expect([queue.size, drain({ queue, pipes })]).toEqual([1, [1]])
  })

  it('begins a new round when all that were left in the last one have been parked', () => {
    const { queue, pipes } = queueOver(1, 1, 1)
    for (let i = 0; i < 3; i++) take(queue)
    pipes[0]!.arrive()
    expect(queue.park()).toBe(false)
    for (const index of [2, 1]) pipes[index]!.arrive()
    const fourth = new SmallPipe(queue, 1)
    queue.attach(fourth)
    expect(drain({ queue, pipes: [...pipes, fourth] })).toEqual([0, 2, 1, 3])
  })

  it('begins a new round when the last of the round before has been parked', () => {
    const { queue, pipes } = queueOver(1, 1, 0)
    for (let i = 0; i < 2; i++) take(queue)
    pipes[1]!.arrive()
    expect(queue.park()).toBe(false)
    const fourth = new SmallPipe(queue, 1)
    queue.attach(fourth)
    pipes[2]!.arrive()
    expect(drain({ queue, pipes: [...pipes, fourth] })).toEqual([1, 3, 2])
  })

  it('keeps nobody waiting and overlooks nobody, whatever comes and goes', () => {
    const step = (does: string, weight: number) => ({
      weight,
      arbitrary: fc.record({ does: fc.constant(does), which: fc.nat(19) }),
    })
    const steps = fc.array(
      fc.oneof(
        step('take', 6),
        step('arrive', 6),
        step('attach', 2),
        step('detach', 1),
        step('close', 1),
        step('park', 1),
      ),
      { maxLength: 200, size: 'max' },
    )
    fc.assert(
      fc.property(steps, (taken) => {
        const queue = new FairQueue<SmallPipe>()
        let attached: SmallPipe[] = []
        const turns = new Turns<SmallPipe>()
        for (const { does, which } of taken) {
          const pipe = attached[which % Math.max(attached.length, 1)]
          const waiting = attached.filter(({ messages }) => messages > 0)
          if (does === 'attach') {
            const added = new SmallPipe(queue, which % 3)
            attached.push(added)
            queue.attach(added)
          } else if (does === 'take') {
            const from = take(queue)
            if (from === undefined) expect(waiting).toEqual([])
            else {
              expect(waiting).toContain(from)
              turns.gave(from, waiting)
            }
          } else if (does === 'park') {
            expect(queue.park()).toBe(waiting.length === 0)
          } else if (pipe === undefined) {
            continue
          } else if (does === 'arrive') {
            if (!pipe.isClosed) pipe.arrive()
          } else if (does === 'detach') {
            queue.detach(pipe)
          } else {
            pipe.isClosed = true
            if (pipe.isParked) pipe.endIfDrained()
          }
          const left = attached.filter(({ inIndex }) => inIndex >= 0)
          if (left.length < attached.length) turns.forget()
          attached = left
          expect(queue.size).toBe(attached.length)
        }
        expect(new Set(queue.pipes)).toEqual(new Set(attached))
      }),
    )
  })
})

describe('FairQueue of a socket that only receives', () => {
  const looksOf = (pipes: SmallPipe[]): number[] => pipes.map(({ streamLooks }) => streamLooks)

  it('looks at its only active pipe as at a stream', () => {
    const queue = new FairQueue<SmallPipe>(true)
    const pipes = [new SmallPipe(queue, 3), new SmallPipe(queue, 1)]
    queue.attach(pipes[0]!)
    take(queue)
    expect(looksOf(pipes)).toEqual([1, 0])
    queue.attach(pipes[1]!)
    for (let i = 0; i < 3; i++) take(queue)
    expect(looksOf(pipes)).toEqual([1, 0])
    expect(take(queue)).toBeUndefined()
    queue.detach(pipes[0]!)
    pipes[1]!.messages++
    expect(take(queue)).toBe(pipes[1])
    expect(looksOf(pipes)).toEqual([1, 1])
  })

  it('is the only one to do so', () => {
    const { queue, pipes } = queueOver(2)
    take(queue)
    expect(looksOf(pipes)).toEqual([0])
  })
})
