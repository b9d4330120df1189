import { describe, expect, it } from 'vitest'
import { Watchdog } from './watchdog.ts'

describe('Watchdog', () => {
  it('names a thread once, when it has made no progress for four looks', () => {
    const watchdog = new Watchdog<string>()
    watchdog.look([['a', 1]])
    const looks = Array.from({ length: 6 }, () => watchdog.look([['a', 1]]))
    expect(looks).toEqual([[], [], [], ['a'], [], []])
  })

  it('begins anew whenever there is progress', () => {
    const watchdog = new Watchdog<string>()
    for (let progress = 0; progress < 10; progress++)
      for (let look = 0; look < 3; look++) expect(watchdog.look([['a', progress]])).toEqual([])
  })

  it('tells threads apart, and forgets those that are gone', () => {
    const watchdog = new Watchdog<string>()
    for (let look = 0; look < 4; look++)
      expect(
        watchdog.look([
          ['a', 1],
          ['b', look],
        ]),
      ).toEqual([])
    expect(watchdog.look([['b', 4]])).toEqual([])
    expect(
      watchdog.look([
        ['a', 1],
        ['b', 5],
      ]),
    ).toEqual([])
    for (let look = 6; look < 9; look++)
      expect(
        watchdog.look([
          ['a', 1],
          ['b', look],
        ]),
      ).toEqual([])
    expect(
      watchdog.look([
        ['a', 1],
        ['b', 9],
      ]),
    ).toEqual(['a'])
  })

  it('looks four times in the time allowed', () => {
    expect(Watchdog.periodMs(60_000)).toBe(15_000)
    expect(Watchdog.periodMs(1)).toBe(1)
  })
})
