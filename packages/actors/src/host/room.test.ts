import { describe, expect, it } from 'vitest'
import type { Address } from './address.ts'
import { Pending } from './asks.ts'
import type { Lanes, Mesh } from './mesh.ts'
import { Room } from './room.ts'

class Waiting extends Pending {
  settle(): void {}
  fail(): void {}
}

const address: Address = { host: 1, slot: 3, generation: 7 }
const other: Address = { host: 1, slot: 4, generation: 8 }

/** Room of host 0, whose way to host 1 is full, or not, as it is told. */
function roomWithWay() {
  const opened: (() => void)[] = []
  const users = {
    isFull: false,
    whenRoom: () => new Promise<void>((resolve) => opened.push(resolve)),
  }
  const lanes: Lanes = { users, system: { isFull: false, whenRoom: () => Promise.resolve() } }
  const room = new Room(0, { isGone: () => false, to: () => lanes } as unknown as Mesh, () => {})
  const left: string[] = []
  const wait = (name: string, to = address): void => {
    const pending = new Waiting(1, { nameOf: () => name, abandon: () => {} })
    room.wait(pending, to, () => left.push(name))
  }
  const setFull = (isFull: boolean): void => {
    users.isFull = isFull
    if (!isFull) for (const resolve of opened.splice(0)) resolve()
  }
  return { room, wait, setFull, left }
}

describe('room', () => {
  it('is there for nobody until those have left who have waited for it', async () => {
    const { room, wait, setFull, left } = roomWithWay()
    setFull(true)
    wait('first')
    setFull(false)
    // They leave when the promise for it has settled: what is told until then would overtake them.
    expect(room.isFull(address)).toBe(true)
    wait('second')
    expect(left).toEqual([])
    await Promise.resolve()
    await Promise.resolve()
    expect(left).toEqual(['first', 'second'])
    expect(room.isFull(address)).toBe(false)
  })

  it('of one actor is not that of another', async () => {
    const { room, wait, left } = roomWithWay()
    room.close(address, 'wait')
    wait('to it')
    wait('to another', other)
    expect(room.isFull(address)).toBe(true)
    expect(room.isFull(other)).toBe(false)
    expect(left).toEqual(['to another'])
    room.open(address, 1)
    expect(left).toEqual(['to another', 'to it'])
  })

  it('of an actor is left to those who come from the way in their order', async () => {
    const { room, wait, setFull, left } = roomWithWay()
    setFull(true)
    wait('first')
    wait('second')
    room.close(address, 'wait')
    setFull(false)
    await Promise.resolve()
    await Promise.resolve()
    wait('third')
    expect(left).toEqual([])
    room.open(address, 2)
    expect(left).toEqual(['first', 'second'])
    room.open(address, 1)
    expect(left).toEqual(['first', 'second', 'third'])
  })
})
