import { describe, expect, it } from 'vitest'
import { Board } from './board.ts'

describe('Board', () => {
  it('has a seat for each host, which all threads see', () => {
    const board = Board.of(2)
    const same = new Board(board.buffer)
    board.seat(1).beat()
    board.seat(1).actors = 7
    expect(same.seat(1).progress).toBe(1)
    expect(same.seat(1).actors).toBe(7)
    expect(same.seat(0).progress).toBe(0)
  })

  it('tells which actors are to stop', () => {
    const seat = Board.of(1).seat(0)
    seat.abort(5)
    seat.abort(2 ** 32 - 1)
    expect([5, 6, 5 + 1024, 2 ** 32 - 1].map((generation) => seat.isAborted(generation))).toEqual([
      true,
      false,
      false,
      true,
    ])
  })

  it('tells that all are to stop', () => {
    const board = Board.of(2)
    board.seat(1).abortAll()
    expect(board.seat(1).isAborted(1)).toBe(true)
    expect(board.seat(0).isAborted(1)).toBe(false)
  })

  it('is cleared for who takes a seat next', () => {
    const board = Board.of(2)
    board.seat(1).abort(1)
    board.seat(1).beat()
    board.clear(1)
    expect(board.seat(1).isAborted(1)).toBe(false)
    expect(board.seat(1).progress).toBe(0)
  })
})
