import { describe, expect, it } from 'vitest'
import { Board } from './board.ts'
import { Placement } from './placement.ts'

const never = (): boolean => false

function placement(own = 0): { placement: Placement; board: Board } {
  const board = Board.of(4)
  return { placement: new Placement(own, board, own), board }
}

const threads = (...hosts: number[]) => ({
  places: hosts.map((host) => ({ host, seat: host })),
  isExpecting: false,
})

describe('Placement', () => {
  it('takes the program’s own thread where there is no other', () => {
    expect(placement().placement.choose(undefined, never)).toBe(0)
    expect(placement().placement.choose('least', never)).toBe(0)
  })

  it('takes hosts in turn', () => {
    const { placement: places } = placement()
    places.update(threads(1, 2, 3))
    const chosen = Array.from({ length: 6 }, () => places.choose(undefined, never))
    expect(new Set(chosen.slice(0, 3))).toEqual(new Set([1, 2, 3]))
    expect(chosen.slice(3)).toEqual(chosen.slice(0, 3))
  })

  it('takes the host with the fewest actors', () => {
    const { placement: places, board } = placement()
    places.update(threads(1, 2, 3))
    board.seat(1).actors = 5
    board.seat(2).actors = 3
    board.seat(3).actors = 4
    expect(places.choose('least', never)).toBe(2)
  })

  it('takes its own host, and any that there is by number', () => {
    const { placement: places } = placement(2)
    places.update(threads(1, 2))
    expect(places.choose('here', never)).toBe(2)
    expect(places.choose(1, never)).toBe(1)
    expect(places.choose(0, never)).toBe(0)
  })

  it('refuses a host that is gone, or never was', () => {
    const { placement: places } = placement()
    places.update(threads(1, 2))
    places.remove(1)
    expect(() => places.choose(1, (host) => host === 1)).toThrow(
      expect.objectContaining({ code: 'EHOSTDOWN' }),
    )
    expect(() => places.choose(9, never)).toThrow(expect.objectContaining({ code: 'ENOHOST' }))
  })

  it('waits for a host while all are being replaced', async () => {
    const { placement: places } = placement()
    places.update(threads(1))
    places.remove(1)
    places.update({ places: [], isExpecting: true })
    const chosen = places.choose(undefined, never)
    places.update(threads(2))
    expect(await chosen).toBe(2)
  })

  it('fails when none will come', async () => {
    const { placement: places } = placement()
    places.update({ places: [], isExpecting: true })
    const chosen = places.choose(undefined, never) as Promise<number>
    places.update({ places: [], isExpecting: false })
    await expect(chosen).rejects.toMatchObject({ code: 'EHOSTDOWN' })
    expect(() => places.choose(undefined, never)).toThrow('No host is left')
  })
})
