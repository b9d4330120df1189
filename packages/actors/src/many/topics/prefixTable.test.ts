import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LastValues, newest } from './lastValues.ts'
import { PrefixTable } from './prefixTable.ts'

const word = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 4 })
const steps = fc.array(
  fc.record({ adds: fc.boolean(), prefix: word, who: fc.nat(3), topic: word, all: fc.boolean() }),
)

describe('a table of prefixes', () => {
  it('finds everybody whose prefix a topic begins with, once', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const table = new PrefixTable<number>()
        const model = new Set<string>()
        const has = (prefix: string): boolean => [...model].some((one) => one.slice(1) === prefix)
        for (const { adds, prefix, who, topic, all: everything } of all) {
          if (everything) {
            table.removeAll(who)
            for (const one of model) if (one.startsWith(String(who))) model.delete(one)
          } else if (adds) {
            expect(table.add(prefix, who)).toBe(!has(prefix))
            model.add(`${who}${prefix}`)
          } else {
            const wasThere = model.delete(`${who}${prefix}`)
            expect(table.remove(prefix, who)).toBe(wasThere && !has(prefix))
          }
          const wanted = [...model].filter((one) => topic.startsWith(one.slice(1)))
          const expected = [...new Set(wanted.map((one) => Number(one[0])))]
          expect(new Set(table.match(topic))).toEqual(new Set(expected))
          expect([...table.match(topic)]).toHaveLength(expected.length)
          expect(table.isEmpty).toBe(model.size === 0)
          expect([...table.prefixes()].toSorted()).toEqual(
            [...new Set([...model].map((one) => one.slice(1)))].toSorted(),
          )
        }
      }),
    )
  })
})

describe('last values', () => {
  it('are found by prefix, and the oldest topic gives way', () => {
    const last = new LastValues(2)
    last.keep({ topic: 'a.1', value: 1, atMs: 1 })
    last.keep({ topic: 'a.2', value: 2, atMs: 2 })
    last.keep({ topic: 'a.1', value: 3, atMs: 3 })
    expect(last.find('a.').map(({ value }) => value)).toEqual([2, 3])
    last.keep({ topic: 'b', value: 4, atMs: 4 })
    expect(last.find('').map(({ topic }) => topic)).toEqual(['a.1', 'b'])
    expect(last.find('c')).toEqual([])
  })

  it('of several threads are the newest of each topic, oldest first', () => {
    const values = [
      { topic: 'a', value: 1, atMs: 5 },
      { topic: 'b', value: 2, atMs: 2 },
      { topic: 'a', value: 3, atMs: 4 },
      { topic: 'b', value: 4, atMs: 2 },
    ]
    expect(newest(values).map(({ value }) => value)).toEqual([4, 1])
  })
})
