import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LoadBalancer } from './loadBalancer.ts'
import type { WritablePipe } from './queuedPipe.ts'
import { Turns } from './turns.test-support.ts'

/** A pipe as far as a load balancer is concerned, with room for a number of messages. */
class SmallPipe implements WritablePipe {
  outIndex = -1
  room: number
  isParked = false
  /** Room that appears when the pipe is about to be parked. */
  lateRoom = 0
  /** How often somebody has asked for room. */
  looks = 0
  readonly #balancer: LoadBalancer<SmallPipe>

  constructor(balancer: LoadBalancer<SmallPipe>, room: number) {
    this.#balancer = balancer
    this.room = room
  }

  canWrite(): boolean {
    if (this.isParked) throw new Error('A parked pipe was looked at')
    this.looks++
    return this.room > 0
  }

  parkWriting(): boolean {
    this.room += this.lateRoom
    this.lateRoom = 0
    this.isParked = this.room === 0
    return this.isParked
  }

  /** The peer reads, and a parked pipe says so. */
  makeRoom(messages: number): void {
    this.room += messages
    if (!this.isParked) return
    this.isParked = false
    this.#balancer.activate(this)
  }
}

interface Balanced {
  readonly balancer: LoadBalancer<SmallPipe>
  readonly pipes: SmallPipe[]
}

function balancerOver(...rooms: number[]): Balanced {
  const balancer = new LoadBalancer<SmallPipe>()
  const pipes = rooms.map((room) => new SmallPipe(balancer, room))
  for (const pipe of pipes) balancer.attach(pipe)
  return { balancer, pipes }
}

function send(balancer: LoadBalancer<SmallPipe>): SmallPipe | undefined {
  const pipe = balancer.next()
  if (pipe === undefined) return undefined
  pipe.room--
  balancer.advance()
  return pipe
}

/** Sends until nobody has room; tells which pipes the messages went to. */
function fill({ balancer, pipes }: Balanced): number[] {
  const order: number[] = []
  for (let pipe = send(balancer); pipe !== undefined; pipe = send(balancer)) {
    order.push(pipes.indexOf(pipe))
  }
  return order
}

describe('LoadBalancer', () => {
  it('gives one message to each pipe in turn', () => {
    expect(fill(balancerOver(3, 3, 3))).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2])
  })

  it('gives to those that have room what others have none for', () => {
    const order = fill(balancerOver(1, 0, 4, 2))
    expect(order.toSorted((a, b) => a - b)).toEqual([0, 2, 2, 2, 2, 3, 3])
  })

  it('has nobody to give to without a pipe', () => {
    const { balancer } = balancerOver()
    expect([balancer.next(), balancer.size]).toEqual([undefined, 0])
  })

  it('stays with a pipe until it is told to advance', () => {
    const { balancer, pipes } = balancerOver(2, 2)
    expect([balancer.next(), balancer.next()]).toEqual([pipes[0], pipes[0]])
    balancer.advance()
    expect(balancer.next()).toBe(pipes[1])
  })

  it('parks a full pipe and does not look at it until it is activated', () => {
    const { balancer, pipes } = balancerOver(0, 1)
    expect([send(balancer), send(balancer)]).toEqual([pipes[1], undefined])
    expect(pipes.map(({ isParked }) => isParked)).toEqual([true, true])
    for (const pipe of pipes) pipe.looks = 0
    expect(send(balancer)).toBe(undefined)
    expect(pipes.map(({ looks }) => looks)).toEqual([0, 0])
    pipes[0]!.makeRoom(1)
    expect([send(balancer), send(balancer)]).toEqual([pipes[0], undefined])
  })

  it('takes parked pipes back in the order in which they have room again', () => {
    const { balancer, pipes } = balancerOver(0, 0, 0)
    expect(balancer.next()).toBe(undefined)
    for (const index of [2, 0, 1]) pipes[index]!.makeRoom(1)
    expect(fill({ balancer, pipes })).toEqual([2, 0, 1])
  })

  it('does not mind a pipe that says twice that it has room', () => {
    const { balancer, pipes } = balancerOver(2, 0, 0)
    expect(fill({ balancer, pipes })).toEqual([0, 0])
    pipes[1]!.makeRoom(1)
    for (const pipe of [pipes[1]!, pipes[1]!]) balancer.activate(pipe)
    expect(fill({ balancer, pipes })).toEqual([1])
    expect(pipes.map(({ isParked }) => isParked)).toEqual([true, true, true])
  })

  it('keeps a pipe that gets room while it is being parked', () => {
    const { balancer, pipes } = balancerOver(0)
    pipes[0]!.lateRoom = 1
    expect([send(balancer), send(balancer)]).toEqual([pipes[0], undefined])
  })

  it('goes on in turn when a pipe is attached or detached in between', () => {
    const { balancer, pipes } = balancerOver(9, 9, 9)
    const fourth = new SmallPipe(balancer, 9)
    const order = [send(balancer)]
    balancer.attach(fourth)
    order.push(send(balancer), send(balancer), send(balancer), send(balancer))
    expect(order).toEqual([...pipes, fourth, pipes[0]])
    balancer.detach(pipes[0]!)
    balancer.detach(fourth)
    expect(new Set([send(balancer), send(balancer)])).toEqual(new Set([pipes[1], pipes[2]]))
    expect(balancer.pipes.length).toBe(2)
  })

  it.each(['has had its turn', 'leaves'])(
    'begins another round when the last one %s: who is attached then waits for it',
    (how) => {
      const { balancer, pipes } = balancerOver(9, 9, 9)
      const order = [send(balancer), send(balancer)]
      if (how === 'leaves') balancer.detach(pipes[2]!)
      else order.push(send(balancer))
      balancer.attach(new SmallPipe(balancer, 9))
      order.push(send(balancer), send(balancer))
      expect(order.map((pipe) => pipes.indexOf(pipe!)).slice(-4)).toEqual(
        how === 'leaves' ? [0, 1, 0, 1] : [1, 2, 0, 1],
      )
    },
  )

  it('does not mind a pipe that is detached twice, or never was attached', () => {
    const { balancer, pipes } = balancerOver(1, 1)
    balancer.detach(new SmallPipe(balancer, 1))
    balancer.detach(pipes[0]!)
    balancer.detach(pipes[0]!)
    expect([balancer.size, fill({ balancer, pipes })]).toEqual([1, [1]])
  })

  it('keeps nobody waiting and overlooks nobody, whatever comes and goes', () => {
    const step = (does: string, weight: number) => ({
      weight,
      arbitrary: fc.record({ does: fc.constant(does), which: fc.nat(19) }),
    })
    const steps = fc.array(
      fc.oneof(step('send', 6), step('makeRoom', 4), step('attach', 2), step('detach', 1)),
      { maxLength: 200, size: 'max' },
    )
    fc.assert(
      fc.property(steps, (taken) => {
        const balancer = new LoadBalancer<SmallPipe>()
        const attached: SmallPipe[] = []
        const turns = new Turns<SmallPipe>()
        for (const { does, which } of taken) {
          const pipe = attached[which % Math.max(attached.length, 1)]
          const ready = attached.filter(({ room }) => room > 0)
          if (does === 'attach') {
            const added = new SmallPipe(balancer, which % 4)
            attached.push(added)
            balancer.attach(added)
          } else if (does === 'send') {
            const to = send(balancer)
            if (to === undefined) expect(ready).toEqual([])
            else {
              expect(ready).toContain(to)
              turns.gave(to, ready)
            }
          } else if (pipe === undefined) {
            continue
          } else if (does === 'makeRoom') {
            pipe.makeRoom(1 + (which % 3))
          } else {
            balancer.detach(pipe)
            attached.splice(attached.indexOf(pipe), 1)
            expect(pipe.outIndex).toBe(-1)
            turns.forget()
          }
          expect(balancer.size).toBe(attached.length)
        }
        expect(new Set(balancer.pipes)).toEqual(new Set(attached))
      }),
    )
  })
})
