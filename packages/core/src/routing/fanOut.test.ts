import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FanOut } from './fanOut.ts'

/** A pipe as far as a fan-out is concerned, with room for a number of messages. */
class SmallPipe {
  outIndex = -1
  room: number
  isParked = false
  /** Room that appears when the pipe is about to be parked. */
  lateRoom = 0

  constructor(room: number) {
    this.room = room
  }

  canWrite(): boolean {
    return this.room > 0
  }

  parkWriting(): boolean {
    this.room += this.lateRoom
    this.lateRoom = 0
    this.isParked = this.room === 0
    return this.isParked
  }
}

function fanOutOver(...rooms: number[]): { fanOut: FanOut<SmallPipe>; pipes: SmallPipe[] } {
  const fanOut = new FanOut<SmallPipe>()
  const pipes = rooms.map((room) => new SmallPipe(room))
  for (const pipe of pipes) fanOut.attach(pipe)
  return { fanOut, pipes }
}

describe('FanOut', () => {
  it('has all pipes that were attached and not detached', () => {
    const { fanOut, pipes } = fanOutOver(1, 0, 1, 0)
    for (const pipe of pipes) fanOut.hasRoom(pipe)
    fanOut.detach(pipes[1]!)
    fanOut.detach(pipes[2]!)
    expect(new Set(fanOut.pipes)).toEqual(new Set([pipes[0], pipes[3]]))
    expect(fanOut.size).toBe(2)
    expect(pipes.map((pipe) => pipe.outIndex >= 0)).toEqual([true, false, false, true])
  })

  it('parks a full pipe and leaves it out until it is activated', () => {
    const { fanOut, pipes } = fanOutOver(0, 1)
    expect(pipes.map((pipe) => fanOut.hasRoom(pipe))).toEqual([false, true])
    expect(pipes.map((pipe) => pipe.isParked)).toEqual([true, false])
    pipes[0]!.room = 1
    expect(fanOut.hasRoom(pipes[0]!)).toBe(false)
    fanOut.activate(pipes[0]!)
    expect(pipes.map((pipe) => fanOut.hasRoom(pipe))).toEqual([true, true])
  })

  it('keeps a pipe that gets room while it is being parked', () => {
    const { fanOut, pipes } = fanOutOver(0)
    pipes[0]!.lateRoom = 1
    expect(fanOut.hasRoom(pipes[0]!)).toBe(true)
    expect(fanOut.hasRoom(pipes[0]!)).toBe(true)
  })

  it('takes a pipe that was activated twice, or never attached, for what it is', () => {
    const { fanOut, pipes } = fanOutOver(1, 0)
    const stranger = new SmallPipe(1)
    fanOut.activate(pipes[0]!)
    fanOut.activate(stranger)
    fanOut.detach(stranger)
    expect(fanOut.pipes).toEqual(pipes)
    expect(pipes.map((pipe) => fanOut.hasRoom(pipe))).toEqual([true, false])
  })
  it('knows of each pipe whether it is parked, whatever comes and goes', () => {
    const step = (does: string, weight: number) => ({
      weight,
      arbitrary: fc.record({ does: fc.constant(does), which: fc.nat(9) }),
    })
    const steps = fc.array(
      fc.oneof(step('write', 4), step('makeRoom', 2), step('attach', 2), step('detach', 1)),
      { maxLength: 100, size: 'max' },
    )
    fc.assert(
      fc.property(steps, (taken) => {
        const { fanOut, pipes } = fanOutOver(1, 0, 2)
        for (const { does, which } of taken) {
          const pipe = pipes[which % Math.max(pipes.length, 1)]
          if (does === 'attach') {
            const added = new SmallPipe(which % 3)
            pipes.push(added)
            fanOut.attach(added)
          } else if (does === 'write') {
            for (const each of pipes) {
              const hasRoom = each.room > 0
              expect(fanOut.hasRoom(each)).toBe(hasRoom)
              if (hasRoom) each.room--
            }
          } else if (pipe === undefined) {
            continue
          } else if (does === 'makeRoom') {
            pipe.room++
            if (pipe.isParked) fanOut.activate(pipe)
            pipe.isParked = false
          } else {
            fanOut.detach(pipe)
            fanOut.detach(pipe)
            pipes.splice(pipes.indexOf(pipe), 1)
          }
          expect(fanOut.size).toBe(pipes.length)
        }
        expect(new Set(fanOut.pipes)).toEqual(new Set(pipes))
      }),
    )
  })
})
