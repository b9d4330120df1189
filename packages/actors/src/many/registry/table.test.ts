import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ActorRef } from '../../host/ref.ts'
import { RegistryTable } from './table.ts'

const refs = [1, 2, 3].map(
  (slot) => new ActorRef({ host: 1, slot, generation: slot }, undefined as never),
)
const names = ['one', 'two']

interface Known {
  readonly isUnique: boolean
  readonly slots: number[]
}

const steps = fc.array(
  fc.record({
    act: fc.constantFrom('register' as const, 'join' as const, 'remove' as const),
    name: fc.constantFrom(...names),
    slot: fc.nat(2),
  }),
)

it('has one actor or a group under a name, and tells of every change', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const table = new RegistryTable()
      const model = new Map<string, Known>()
      const heard = new Map<string, number[]>()
      const slotsOf = (list: readonly ActorRef[]): number[] =>
        list.map(({ address }) => address.slot - 1)
      for (const name of names) table.listen(name, (list) => heard.set(name, slotsOf(list)))
      for (const { act, name, slot } of all) {
        const ref = refs[slot]!
        const known = model.get(name)
        if (act === 'remove') {
          const at = known?.slots.indexOf(slot) ?? -1
          expect(table.remove(name, ref)).toBe(at !== -1)
          if (at !== -1) known!.slots.splice(at, 1)
          if (known?.slots.length === 0) model.delete(name)
        } else {
          const isUnique = act === 'register'
          if (known === undefined) {
            expect(table.add(name, ref, isUnique)).toBe(true)
            model.set(name, { isUnique, slots: [slot] })
          } else if (known.isUnique === isUnique && known.slots.includes(slot))
            expect(table.add(name, ref, isUnique)).toBe(false)
          else if (known.isUnique || isUnique)
            expect(() => table.add(name, ref, isUnique)).toThrow(name)
          else {
            expect(table.add(name, ref, isUnique)).toBe(true)
            known.slots.push(slot)
          }
        }
        for (const each of names) {
          const slots = model.get(each)?.slots ?? []
          expect(slotsOf(table.list(each))).toEqual(slots)
          expect(heard.get(each) ?? []).toEqual(slots)
        }
        expect(table.size).toBe(model.size)
      }
    }),
  )
})

it('tells nothing more to who has left', () => {
  const table = new RegistryTable()
  let changes = 0
  const leave = table.listen('name', () => changes++)
  const stay = table.listen('name', () => changes++)
  table.add('name', refs[0]!, true)
  leave()
  leave()
  table.remove('name', refs[0]!)
  expect(changes).toBe(3)
  stay()
  table.add('name', refs[0]!, true)
  expect(changes).toBe(3)
})
