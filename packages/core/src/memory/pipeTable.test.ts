import { describe, expect, it } from 'vitest'
import { PipeState } from './layout.ts'
import { pipeAt, PipeTable } from './pipeTable.ts'
import { smallArena } from './smallArena.test-support.ts'

const [FIRST, SECOND] = [0, 1023]

describe('a pipe that is being made', () => {
  it('is that of its maker from the first moment on, and of nobody who made one in its place', () => {
    const pipes = new PipeTable(smallArena(1))
    const id = pipes.make(FIRST)
    expect(pipes.isMadeBy(id, FIRST)).toBe(true)
    pipes.release(id)
    expect(pipes.isMadeBy(id, FIRST)).toBe(false)
    expect(pipes.make(SECOND)).toBe(id)
    expect(pipes.isMadeBy(id, FIRST)).toBe(false)
    expect(pipes.isMadeBy(id, SECOND)).toBe(true)
    pipes.open(id)
    expect(pipes.isMadeBy(id, SECOND)).toBe(false)
  })

  it('keeps its generation, and has another one when it is free again', () => {
    const pipes = new PipeTable(smallArena(1))
    const generations = Array.from({ length: 3 }, () => {
      const id = pipes.make(SECOND)
      pipes.open(id)
      expect(pipes.stateOf(id)).toBe(PipeState.open)
      const generation = pipes.generationOf(id)
      expect(pipes.close(id, 0, false)).toBe(true)
      pipes.release(id)
      return generation
    })
    expect(new Set(generations).size).toBe(3)
  })
})

describe('a pipe that waits on after its side was closed', () => {
  function lingering() {
    const arena = smallArena(1)
    const pipes = new PipeTable(arena)
    const id = pipes.make(FIRST)
    pipes.open(id)
    const generation = pipes.generationOf(id)
    return { arena, pipes, id, generation }
  }

  it('is claimed once', () => {
    const { pipes, id, generation } = lingering()
    expect(pipes.claimLingering(id, generation)).toBe(false)
    expect(pipes.closeLingering(id)).toBe(true)
    expect(pipes.claimLingering(id, generation)).toBe(true)
    expect(pipes.claimLingering(id, generation)).toBe(false)
  })

  it('is not claimed once somebody attaches it, nor when it is another one by now', () => {
    const { arena, pipes, id, generation } = lingering()
    expect(pipes.closeLingering(id)).toBe(true)
    expect(pipes.beginAttach(id, generation)).toBe(true)
    expect(pipes.claimLingering(id, generation)).toBe(false)
    pipes.attach(id)
    expect(pipes.claimLingering(id, generation)).toBe(false)
    expect(pipes.close(id, 1, false)).toBe(true)
    pipes.release(id)
    const free = Atomics.load(arena.words, pipeAt(arena, id))
    expect(pipes.claimLingering(id, generation)).toBe(false)
    expect(pipes.claimLingering(id, pipes.generationOf(id))).toBe(false)
    expect(Atomics.load(arena.words, pipeAt(arena, id))).toBe(free)
  })
})
