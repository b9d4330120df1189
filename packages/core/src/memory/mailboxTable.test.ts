import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_PIPES, MAX_THREADS } from './layout.ts'
import { MailboxTable } from './mailboxTable.ts'
import { smallArena } from './smallArena.test-support.ts'

const LAST_END = MAX_PIPES * 2 - 1

describe('the table of mailboxes', () => {
  const mailboxes = new MailboxTable(smallArena(1))

  const collect = (slot: number): number[] => {
    const ends: number[] = []
    mailboxes.collect(slot, ends)
    return ends
  }

  it('gives every end once, however often it was posted', () => {
    const end = fc.oneof(
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: LAST_END }),
      fc.constantFrom(0, 31, 32, 1023, 1024, 8191, 8192, LAST_END),
    )
    fc.assert(
      fc.property(fc.array(end), (posted) => {
        expect(mailboxes.isEmpty(3)).toBe(true)
        for (const one of posted) mailboxes.post(3, one)
        expect(mailboxes.isEmpty(3)).toBe(posted.length === 0)
        expect(collect(3)).toEqual([...new Set(posted)].toSorted((a, b) => a - b))
        expect(collect(3)).toEqual([])
      }),
    )
  })

  it('keeps those of different threads apart', () => {
    const slots = [0, 1, MAX_THREADS - 1]
    for (const slot of slots) {
      mailboxes.post(slot, slot)
      mailboxes.post(slot, LAST_END - slot)
    }
    for (const slot of slots) {
      expect(collect(slot)).toEqual([slot, LAST_END - slot].toSorted((a, b) => a - b))
    }
  })

  it('counts the turns of each thread', () => {
    expect([mailboxes.nextTurn(0), mailboxes.nextTurn(1), mailboxes.nextTurn(0)]).toEqual([0, 0, 1])
  })
})
