import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashOfKey, scoreOf } from './rendezvous.ts'
import { LeastLoaded, Rendezvous, RoundRobin, type Candidate } from './routes.ts'

const candidates = fc
  .uniqueArray(fc.record({ seat: fc.nat(200), inFlight: fc.nat(9), hasRoom: fc.boolean() }), {
    selector: ({ seat }) => seat,
    maxLength: 12,
  })
  .map((members): readonly Candidate[] => members)

const idle = (seats: readonly number[]): Candidate[] =>
  seats.map((seat) => ({ seat, inFlight: 0, hasRoom: true }))

describe('round robin', () => {
  it('takes each in its turn', () => {
    const route = new RoundRobin()
    const members = idle([0, 1, 2])
    const seats = Array.from({ length: 6 }, () => route.choose(members)!.seat)
    expect(seats).toEqual([1, 2, 0, 1, 2, 0])
  })

  it('takes one with room whenever there is one', () => {
    fc.assert(
      fc.property(candidates, (members) => {
        const chosen = new RoundRobin().choose(members)
        expect(chosen?.hasRoom).toBe(members.some(({ hasRoom }) => hasRoom) ? true : undefined)
      }),
    )
  })

  it('goes on where members have come or gone', () => {
    fc.assert(
      fc.property(fc.array(candidates, { minLength: 1, maxLength: 20 }), (lists) => {
        const route = new RoundRobin()
        for (const members of lists) {
          const chosen = route.choose(members)
          expect(chosen === undefined || members.includes(chosen)).toBe(true)
        }
      }),
    )
  })
})

describe('least loaded', () => {
  it('takes the one with the least that has room', () => {
    fc.assert(
      fc.property(candidates, (members) => {
        const chosen = new LeastLoaded().choose(members)
        const loads = members.filter(({ hasRoom }) => hasRoom).map(({ inFlight }) => inFlight)
        expect(chosen?.inFlight).toBe(loads.length === 0 ? undefined : Math.min(...loads))
        expect(chosen?.hasRoom ?? true).toBe(true)
      }),
    )
  })

  it('takes equals in turn', () => {
    const route = new LeastLoaded()
    const members = idle([0, 1, 2])
    const seats = new Set(Array.from({ length: 3 }, () => route.choose(members)!.seat))
    expect(seats.size).toBe(3)
  })
})

describe('rendezvous', () => {
  const keys = Array.from({ length: 4000 }, (_, n) => `key ${n}`)
  const owners = (seats: readonly number[]): number[] => {
    const route = new Rendezvous()
    const members = idle(seats)
    return keys.map((key) => route.choose(members, 'method', [key])!.seat)
  }

  it('does not look at the order of members, or whether they have room', () => {
    fc.assert(
      fc.property(candidates, fc.string(), (members, key) => {
        const route = new Rendezvous()
        const chosen = route.choose(members, 'method', [key])
        const again = route.choose(members.toReversed(), 'method', [key])
        expect(again).toBe(chosen)
        expect(chosen === undefined).toBe(members.length === 0)
      }),
    )
  })

  it('moves only the keys of the member that has come or gone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.nat(11), (count, pick) => {
        const all = Array.from({ length: count }, (_, seat) => seat)
        const gone = pick % count
        const before = owners(all)
        const after = owners(all.filter((seat) => seat !== gone))
        const moved = before.filter((seat, i) => seat !== after[i])
        expect(moved.every((seat) => seat === gone)).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  it('gives each member its share', () => {
    const shares = new Map<number, number>()
    for (const seat of owners([0, 1, 2, 3, 4, 5, 6, 7]))
      shares.set(seat, (shares.get(seat) ?? 0) + 1)
    for (const share of shares.values()) expect(Math.abs(share - 500)).toBeLessThan(100)
  })

  it('never scores two seats equally', () => {
    fc.assert(
      fc.property(fc.string(), fc.uniqueArray(fc.nat(65_535), { maxLength: 50 }), (key, seats) => {
        const hash = hashOfKey(key)
        expect(new Set(seats.map((seat) => scoreOf(hash, seat))).size).toBe(seats.length)
      }),
    )
  })

  it('tells a number from its digits, and takes any key that a function names', () => {
    expect(hashOfKey(1)).not.toBe(hashOfKey('1'))
    expect(hashOfKey(1n)).not.toBe(hashOfKey(1))
    const route = new Rendezvous((method, args) => `${method}/${args.length}`)
    const members = idle([0, 1, 2, 3])
    expect(route.choose(members, 'a', [{}])).toBe(route.choose(members, 'a', [[]]))
    expect(() => new Rendezvous().choose(members, 'a', [{}])).toThrow('first argument of a')
  })
})
