import { describe, expect, it } from 'vitest'
import { EndpointTable, type EndpointEntry } from './endpointTable.ts'
import { EndpointKind } from './layout.ts'
import { smallArena } from './smallArena.test-support.ts'

const entry: EndpointEntry = {
  socketId: 1,
  pipe: 2,
  generation: 1024,
  socketType: 8,
  sendHighWaterMark: 1000,
  receiveHighWaterMark: 1000,
  flags: 0,
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
