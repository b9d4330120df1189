import { describe, expect, it } from 'vitest'
import { EndpointTable, type EndpointEntry } from './endpointTable.ts'
import { endpoint, EndpointKind, home as homeWord, MAX_ENDPOINTS } from './layout.ts'
import { smallArena } from './smallArena.test-support.ts'

const entry: EndpointEntry = {
  socketId: 1,
  pipe: 2,
  generation: 1024,
  socketType: 8,
  sendHighWaterMark: 1000,
  receiveHighWaterMark: 1000,
  routingId: new Uint8Array(0),
}

/** The table as two threads see it, with a connection of the first that waits for its name. */
function twoViews() {
  const arena = smallArena(1)
  const [owner, other] = [new EndpointTable(arena, 1), new EndpointTable(arena, 2)]
  const name = Buffer.from('name')
  const waiting = owner.insert(name, entry, EndpointKind.pending)!
  return { owner, other, name, waiting }
}

describe('a connection that waits for its name', () => {
  it('is found, read and taken by whoever binds it, even when it has been disowned since', () => {
    const { owner, other, name, waiting } = twoViews()
    const [found] = other.find(name, EndpointKind.pending)
    expect(owner.disown(waiting)).toBe(true)
    expect(other.read(found!)).toMatchObject({ pipe: 2, generation: 1024 })
    expect(other.change(found!, EndpointKind.taken)).toBeUndefined()
    const now = other.refresh(found!)!
    expect(other.change(now, EndpointKind.taken)).toBeDefined()
    expect(other.find(name, EndpointKind.pending)).toEqual([])
  })

  it('is removed by who has disowned it, as long as nobody has taken it', () => {
    const { owner, other, name, waiting } = twoViews()
    owner.disown(waiting)
    expect(owner.remove(waiting)).toBe(false)
    expect(other.find(name, EndpointKind.pending)).toHaveLength(1)
    expect(owner.removeWhoeverOwns(waiting)).toBe(true)
    expect(other.find(name, EndpointKind.pending)).toEqual([])
  })

  it('is another one when its place has been used again', () => {
    const { owner, other, name, waiting } = twoViews()
    owner.remove(waiting)
    expect(owner.insert(name, entry, EndpointKind.pending)!.index).toBe(waiting.index)
    expect(owner.refresh(waiting)).toBeUndefined()
    expect(owner.removeWhoeverOwns(waiting)).toBe(false)
    expect(owner.disown(waiting)).toBe(false)
    expect(other.find(name, EndpointKind.pending)).toHaveLength(1)
  })
})

describe('what a dead thread has left', () => {
  it('is removed, what it was about to attach abandoned, what waits for a name dropped', () => {
    const { owner, other, name, waiting } = twoViews()
    owner.insert(Buffer.from('dead'), entry, EndpointKind.bound)
    other.insert(Buffer.from('alive'), entry, EndpointKind.bound)
    const taken = other.change(waiting, EndpointKind.taken)!
    expect(other.threadOf(taken)).toBe(2)
    other.insert(name, { ...entry, pipe: 3 }, EndpointKind.pending)
    const abandoned: number[][] = []
    const dropped: number[][] = []
    owner.reap(
      2,
      (pipe, generation) => abandoned.push([pipe, generation]),
      (pipe, generation) => dropped.push([pipe, generation]),
    )
    expect(abandoned).toEqual([[2, 1024]])
    expect(dropped).toEqual([[3, 1024]])
    for (const kind of [EndpointKind.pending, EndpointKind.taken]) {
      expect(owner.find(name, kind)).toEqual([])
    }
    expect(owner.find(Buffer.from('alive'), EndpointKind.bound)).toEqual([])
    expect(owner.find(Buffer.from('dead'), EndpointKind.bound)).toHaveLength(1)
  })
})

describe('the way from a name to its entry', () => {
  /** Names that share their home, with it. */
  function namesOfOneHome(table: EndpointTable, count: number): { home: number; names: Buffer[] } {
    const homes = new Map<number, Buffer[]>()
    for (let n = 0; ; n++) {
      const name = Buffer.from(`name ${n}`)
      const place = table.insert(name, entry, EndpointKind.bound)!
      table.remove(place)
      const names = homes.get(place.index) ?? []
      homes.set(place.index, names)
      if (names.push(name) === count) return { home: place.index, names }
    }
  }

  it('is short again when the table was full once', () => {
    const arena = smallArena(1)
    const table = new EndpointTable(arena, 1)
    const places = Array.from({ length: MAX_ENDPOINTS }, (_, n) =>
      table.insert(Buffer.from(`name ${n}`), entry, EndpointKind.pending),
    )
    expect(table.insert(Buffer.from('one more'), entry, EndpointKind.pending)).toBeUndefined()
    for (const place of places) expect(table.remove(place!)).toBe(true)
    const { homes } = arena.tables
    const words = arena.words.subarray(homes, homes + MAX_ENDPOINTS)
    expect(words.every((word) => word === 0)).toBe(true)
  })

  it('is as long as it was while there are others of the same home', () => {
    const table = new EndpointTable(smallArena(1), 1)
    const { home, names } = namesOfOneHome(table, 3)
    const places = names.map((name) => table.insert(name, entry, EndpointKind.bound)!)
    expect(places.map(({ index }) => (index - home + MAX_ENDPOINTS) % MAX_ENDPOINTS)).toEqual([
      0, 1, 2,
    ])
    table.remove(places[0]!)
    table.remove(places[1]!)
    expect(table.find(names[2]!, EndpointKind.bound)).toEqual([places[2]])
    table.insert(names[0]!, entry, EndpointKind.bound)
    table.remove(places[2]!)
    expect(table.find(names[0]!, EndpointKind.bound)).toHaveLength(1)
  })

  it.each([
    ['half of what there is room for', 0x8000],
    ['nearly all that there is room for', 0xfffd],
  ])('is as long as it was when deaths have made the count too high by %s', (_much, deaths) => {
    const arena = smallArena(1)
    const table = new EndpointTable(arena, 1)
    const { home, names } = namesOfOneHome(table, 2)
    const [near, far] = names.map((name) => table.insert(name, entry, EndpointKind.bound)!)
    arena.words[arena.tables.homes + home]! += deaths * homeWord.countOne
    table.remove(near!)
    expect(table.find(names[1]!, EndpointKind.bound)).toEqual([far])
    table.remove(far!)
    table.insert(names[0]!, entry, EndpointKind.bound)
    table.insert(names[1]!, entry, EndpointKind.bound)
    expect(table.find(names[1]!, EndpointKind.bound)).toHaveLength(1)
  })

  it('is not made short by an entry that its dead thread had not written', () => {
    const arena = smallArena(1)
    const table = new EndpointTable(arena, 1)
    const { home, names } = namesOfOneHome(table, 2)
    const [near, far] = names.map((name) => table.insert(name, entry, EndpointKind.bound)!)
    table.remove(near!)
    // As a thread leaves it that dies before it writes: with what the last entry had there.
    const at = arena.tables.endpoints + home * endpoint.words
    arena.words[at] = (arena.words[at]! & ~0xffff) | (2 << 4) | EndpointKind.claimed
    const ignore = (): void => undefined
    table.reap(2, ignore, ignore)
    expect(table.find(names[1]!, EndpointKind.bound)).toEqual([far])
    expect(table.insert(names[0]!, entry, EndpointKind.bound)!.index).toBe(home)
  })
})
