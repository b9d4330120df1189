import { beforeEach, describe, expect, it } from 'vitest'
import { Moves } from './moves.ts'

const at = (host: number, generation = 1) => ({ host, slot: 1, generation })

describe('Moves', () => {
  let moves: Moves

  beforeEach(() => {
    moves = new Moves()
  })

  it('leads from each former address to the present one', () => {
    moves.add({ from: [at(1)], to: at(2) })
    moves.add({ from: [at(1), at(2)], to: at(3) })
    expect(moves.find(at(1))).toEqual(at(3))
    expect(moves.find(at(2))).toEqual(at(3))
    expect(moves.find(at(1, 2))).toBeUndefined()
  })

  it('awaits all actors of a host that is lost, until others have said which they restart', () => {
    expect(moves.isQuiet).toBe(true)
    moves.lose(1)
    expect(moves.isAwaited(at(1, 1))).toBe(true)
    moves.expect({ addresses: [at(1, 2)], by: 0 })
    moves.settle(1)
    expect(moves.isAwaited(at(1, 1))).toBe(false)
    expect(moves.isAwaited(at(1, 2))).toBe(true)
    moves.add({ from: [at(1, 2)], to: at(2) })
    expect(moves.isAwaited(at(1, 2))).toBe(false)
    expect(moves.isQuiet).toBe(false)
    moves.remove([at(1, 2)])
    expect(moves.isQuiet).toBe(true)
  })

  it('awaits an actor again whose host is lost again', () => {
    moves.add({ from: [at(1)], to: at(2) })
    moves.lose(2)
    expect(moves.find(at(1))).toBeUndefined()
    expect(moves.isAwaited(at(1))).toBe(true)
    moves.settle(2)
    expect(moves.isAwaited(at(1))).toBe(false)
    expect(moves.size).toBe(0)
  })

  it('does not await what is lost with its restarter', () => {
    moves.lose(1)
    moves.expect({ addresses: [at(1)], by: 2 })
    moves.settle(1)
    moves.lose(2)
    expect(moves.isAwaited(at(1))).toBe(false)
  })

  it('keeps what has been found when it hears late that it was awaited', () => {
    moves.lose(1)
    moves.add({ from: [at(1)], to: at(2) })
    moves.expect({ addresses: [at(1)], by: 0 })
    expect(moves.find(at(1))).toEqual(at(2))
  })

  it('tells those who wait when an actor is found, has ended, or will not come back', () => {
    const known: string[] = []
    moves.lose(1)
    for (const [generation, name] of ['found', 'ended', 'gone', 'not interested'].entries()) {
      const forget = moves.whenKnown(at(1, generation), () => known.push(name))
      if (name === 'not interested') forget()
    }
    moves.expect({ addresses: [at(1, 0), at(1, 1)], by: 0 })
    moves.settle(1)
    expect(known).toEqual(['gone'])
    moves.add({ from: [at(1, 0)], to: at(2) })
    moves.remove([at(1, 1)])
    expect(known).toEqual(['gone', 'found', 'ended'])
  })

  it('is the same on a host that begins later', () => {
    moves.add({ from: [at(1)], to: at(3) })
    moves.lose(2)
    moves.expect({ addresses: [at(2, 1)], by: 0 })
    const other = new Moves()
    other.restore(moves.snapshot())
    expect(other.find(at(1))).toEqual(at(3))
    expect(other.isAwaited(at(2, 1))).toBe(true)
    expect(other.isAwaited(at(2, 9))).toBe(true)
    other.settle(2)
    expect(other.isAwaited(at(2, 1))).toBe(true)
    expect(other.isAwaited(at(2, 9))).toBe(false)
  })
})
