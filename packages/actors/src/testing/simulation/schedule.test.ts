import { describe, expect, it } from 'vitest'
import { ListedSchedule, SeededSchedule, type Candidate, type Schedule } from './schedule.ts'

const candidates = (count: number): Candidate[] =>
  Array.from({ length: count }, (_, index) => ({ priority: index / count }))

const choicesOf = (schedule: Schedule, count: number): number[] =>
  Array.from({ length: count }, () => schedule.choose(candidates(4)))

describe('a schedule that follows from a seed', () => {
  it('is the same for the same seed, and another for another', () => {
    const [one, same, other] = [7, 7, 8].map((seed) => choicesOf(new SeededSchedule(seed), 50))
    expect(same).toEqual(one)
    expect(other).not.toEqual(one)
  })

  it('favours none with some seeds, and some with others', () => {
    const shares = Array.from({ length: 20 }, (_, seed) => {
      const choices = choicesOf(new SeededSchedule(seed), 400)
      return choices.filter((choice) => choice === 3).length
    })
    expect(shares.some((share) => share < 150)).toBe(true)
    expect(shares.some((share) => share > 350)).toBe(true)
  })

  it('refuses what is no seed', () => {
    expect(() => new SeededSchedule(0.5)).toThrow(expect.objectContaining({ code: 'EINVAL' }))
  })
})

describe('a schedule that follows a list', () => {
  /** All that three choices, of which the last depends on the first, can come to. */
  const runs = (most: number): string[] => {
    const seen: string[] = []
    let following: ReturnType<ListedSchedule['following']> = []
    while (following !== undefined && seen.length < most) {
      const schedule = new ListedSchedule(following)
      const first = schedule.draw(2)
      const second = schedule.choose(candidates(3))
      const third = first === 0 ? schedule.draw(1) : schedule.draw(2)
      seen.push(`${first}${second}${third}`)
      following = schedule.following()
    }
    return seen
  }

  it('is followed by all others, each once', () => {
    expect(runs(100)).toEqual(['000', '010', '020', '100', '101', '110', '111', '120', '121'])
  })

  it('has a name that makes it again, and leaves out what is the first choice anyway', () => {
    const schedule = new ListedSchedule([1, 2])
    const made = [schedule.draw(2), schedule.draw(3), schedule.draw(2)]
    expect(schedule.name).toEqual([1, 2])
    const again = new ListedSchedule(schedule.name)
    expect([again.draw(2), again.draw(3), again.draw(2)]).toEqual(made)
  })

  it('notices what does not replay', () => {
    const schedule = new ListedSchedule()
    schedule.draw(2)
    const following = schedule.following()!
    expect(() => new ListedSchedule(following).draw(3)).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    )
    expect(() => new ListedSchedule([5]).draw(3)).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    )
  })
})
