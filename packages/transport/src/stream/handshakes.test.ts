import { describe, expect, it } from 'vitest'
import { Handshakes, originOf, type Handshake } from './handshakes.ts'

const crowded = new Error('crowded')

/** Three places, and how each handshake that was taken in ended: in order. */
function threePlaces() {
  const handshakes = new Handshakes(3)
  const closed: [string, Error | undefined][] = []
  const made = new Map<string, Handshake>()
  /** @param name its address, and what tells it from others of that: `a1` */
  const come = (name: string): boolean => {
    const handshake = { close: (error?: Error) => closed.push([name, error]) }
    made.set(name, handshake)
    return handshakes.add(name[0]!, handshake, () => crowded)
  }
  const leave = (name: string): void => handshakes.delete(name[0]!, made.get(name)!)
  return { handshakes, come, leave, closed }
}

describe('handshakes', () => {
  it('are as many as there are places, whoever leaves first', () => {
    const { come, leave, closed } = threePlaces()
    expect(['a1', 'a2', 'a3', 'a4'].map(come)).toEqual([true, true, true, false])
    leave('a2')
    expect(['a5', 'a6'].map(come)).toEqual([true, false])
    expect(closed).toEqual([])
  })

  it('of the address with the most give way to others, the oldest first', () => {
    const { come, closed } = threePlaces()
    expect(['a1', 'a2', 'a3', 'b1'].map(come)).toEqual([true, true, true, true])
    expect(closed).toEqual([['a1', crowded]])
  })

  it('give way only as long as that makes it fairer', () => {
    const { come, closed } = threePlaces()
    for (const name of ['a1', 'a2', 'a3', 'b1']) come(name)
    // One of two for the other's second would only turn it round.
    expect(come('b2')).toBe(false)
    expect(come('a4')).toBe(false)
    expect(come('c1')).toBe(true)
    expect(come('d1')).toBe(false)
    expect(closed.map(([name]) => name)).toEqual(['a1', 'a2'])
  })

  it('that have given way are no longer there to leave', () => {
    const { come, leave } = threePlaces()
    for (const name of ['a1', 'a2', 'a3', 'b1']) come(name)
    leave('a1')
    leave('a1')
    expect(come('a4')).toBe(false)
  })

  it('are all closed without an error when nobody wants them', () => {
    const { handshakes, come, closed } = threePlaces()
    for (const name of ['a1', 'b1', 'a2']) come(name)
    handshakes.closeAll()
    expect(closed).toEqual([
      ['a1', undefined],
      ['a2', undefined],
      ['b1', undefined],
    ])
  })
})

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::1', '0:0:0:0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:1:2::9', '2001:db8:1:2'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['::1:ffff:192.0.2.1', '0:0:0:0'],
  [undefined, ''],
])('a peer at %s comes from %s', (address, origin) => {
  expect(originOf(address)).toBe(origin)
})
