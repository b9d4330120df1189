import { describe, expect, it } from 'vitest'
import { ManualClock } from '../manualClock.ts'
import { ListedSchedule, SeededSchedule, type Schedule } from './schedule.ts'
import { Scheduler } from './scheduler.ts'
import type { Track } from './track.ts'

const make = (schedule: Schedule = new SeededSchedule(1), maxSteps = 1000) => {
  const clock = new ManualClock()
  const scheduler = new Scheduler(schedule, clock, maxSteps)
  const done: string[] = []
  const post = (track: Track, what: string, act?: () => void): void =>
    scheduler.post(track, {
      what,
      run: () => {
        done.push(what)
        act?.()
      },
    })
  return { clock, scheduler, done, post }
}

const exploring = { timeFlows: false, explores: true }

describe('Scheduler', () => {
  it('takes the steps of a track in their order, and those of several in any', async () => {
    const orders = new Set<string>()
    for (let seed = 0; seed < 20; seed++) {
      const { scheduler, done, post } = make(new SeededSchedule(seed))
      const site = scheduler.site()
      const [one, other] = [scheduler.track(site), scheduler.track(site)]
      for (const n of [1, 2, 3]) {
        post(one, `a${n}`)
        post(other, `b${n}`)
      }
      await scheduler.settled()
      for (const name of ['a', 'b'])
        expect(done.filter((what) => what.startsWith(name))).toEqual([1, 2, 3].map((n) => name + n))
      orders.add(done.join())
    }
    expect(orders.size).toBeGreaterThan(5)
  })

  it('lets all promises settle between two steps', async () => {
    const { scheduler, done, post } = make()
    const track = scheduler.track(scheduler.site())
    post(track, 'first', () => {
      void (async () => {
        for (let n = 0; n < 50; n++) await Promise.resolve()
        done.push('woken')
      })()
    })
    post(track, 'second')
    await scheduler.settled()
    expect(done).toEqual(['first', 'woken', 'second'])
  })

  it('puts what a step leads to behind what is there already', async () => {
    const { scheduler, done, post } = make()
    const track = scheduler.track(scheduler.site())
    post(track, 'first', () => post(track, 'third'))
    post(track, 'second')
    await scheduler.settled()
    expect(done).toEqual(['first', 'second', 'third'])
  })

  it('takes what has waited longest first where nothing is explored', async () => {
    const { scheduler, done, post } = make()
    const site = scheduler.site()
    const tracks = [scheduler.track(site), scheduler.track(site)]
    for (const n of [1, 2])
      for (const [index, track] of tracks.entries()) post(track, `${index}${n}`)
    await scheduler.drive(scheduler.settled(), { timeFlows: false, explores: false })
    expect(done).toEqual(['01', '11', '02', '12'])
  })

  it('takes no step of a site that is held, until it is released as often', async () => {
    const { scheduler, done, post } = make()
    const [here, there] = [scheduler.site(), scheduler.site()]
    const track = scheduler.track(here, there)
    post(track, 'before')
    const releases = [here.hold(), there.hold()]
    post(track, 'after')
    await scheduler.settled()
    releases[0]!()
    releases[0]!()
    await scheduler.settled()
    expect(done).toEqual([])
    releases[1]!()
    await scheduler.settled()
    expect(done).toEqual(['before', 'after'])
  })

  it('takes no step of a site that has ended', async () => {
    const { scheduler, done, post } = make()
    const site = scheduler.site()
    const track = scheduler.track(site)
    post(track, 'first', () => site.end())
    post(track, 'never')
    const release = site.hold()
    release()
    await scheduler.settled()
    post(track, 'nor this')
    await scheduler.settled()
    expect(done).toEqual(['first'])
  })

  it('forgets the last steps of a track when told to, also while one of them is being taken', async () => {
    const { scheduler, done, post } = make()
    const track = scheduler.track(scheduler.site())
    for (const what of ['one', 'two', 'three']) post(track, what)
    scheduler.truncate(track, 2)
    await scheduler.settled()
    post(track, 'four', () => scheduler.truncate(track, 0))
    post(track, 'five')
    await scheduler.settled()
    post(track, 'six')
    scheduler.truncate(track, 0)
    await scheduler.settled()
    expect(done).toEqual(['one', 'two', 'four'])
  })

  it('counts steps for who waits for so many', async () => {
    const { scheduler, done, post } = make()
    const track = scheduler.track(scheduler.site())
    for (const what of ['one', 'two', 'three']) post(track, what)
    await scheduler.steps(2)
    expect(done).toEqual(['one', 'two'])
    await scheduler.steps(2)
    expect(done).toEqual(['one', 'two', 'three'])
  })

  it('tells who waits for silence after all others', async () => {
    const { scheduler, done, post } = make()
    const track = scheduler.track(scheduler.site())
    const silent = scheduler.silence().then(() => done.push('silence'))
    await scheduler.settled()
    post(track, 'one')
    await scheduler.settled()
    await silent
    expect(done).toEqual(['one', 'silence'])
  })

  it('gives up work that waits for what cannot come', async () => {
    const { scheduler, clock } = make()
    clock.after(30, () => undefined)
    const stuck = scheduler.drive(new Promise(() => undefined), exploring)
    await expect(stuck).rejects.toMatchObject({
      code: 'ESTUCK',
      message: expect.stringContaining('due in 30 ms'),
    })
  })

  it('lets time go on for work that says so, when nothing else is left', async () => {
    const { scheduler, clock, done, post } = make()
    const track = scheduler.track(scheduler.site())
    const work = new Promise<void>((resolve) => {
      clock.after(20, () => post(track, 'late', resolve))
      post(track, 'soon')
    })
    await scheduler.drive(work, { timeFlows: true, explores: true })
    expect(done).toEqual(['soon', 'late'])
    expect(clock.now()).toBe(20)
  })

  it('gives up what comes to no end, and goes on with what is asked of it then', async () => {
    const { scheduler, done, post } = make(new ListedSchedule(), 100)
    const track = scheduler.track(scheduler.site())
    let isOver = false
    const again = (): void => {
      if (!isOver) post(track, 'again', again)
    }
    again()
    const endless = scheduler.drive(scheduler.settled(), exploring)
    await expect(endless).rejects.toMatchObject({ code: 'ESTEPS' })
    expect(done).toHaveLength(100)
    isOver = true
    await scheduler.drive(scheduler.settled(), exploring)
    expect(done).toHaveLength(101)
  })

  it('fails the work when a step throws, unless its site sees to that', async () => {
    const { scheduler, post } = make()
    const [here, there] = [scheduler.site(), scheduler.site()]
    const crashes: unknown[] = []
    there.crash = (error) => crashes.push(error)
    const fail = (): never => {
      throw new Error('wrong')
    }
    post(scheduler.track(there), 'one', fail)
    await scheduler.drive(scheduler.settled(), exploring)
    expect(crashes).toMatchObject([{ message: 'wrong' }])
    post(scheduler.track(here), 'another', fail)
    await expect(scheduler.drive(scheduler.settled(), exploring)).rejects.toThrow('wrong')
  })

  it('remembers the latest steps', async () => {
    const { scheduler, clock, post } = make(new SeededSchedule(1), 10_000)
    const track = scheduler.track(scheduler.site())
    clock.advance(5)
    for (let n = 0; n < 2500; n++) post(track, `step ${n}`)
    await scheduler.settled()
    const last = scheduler.trace.last()
    expect(last).toHaveLength(1000)
    expect(last.at(-1)).toEqual({ number: 2499, atMs: 5, what: 'step 2499' })
    expect(scheduler.trace.last(2)).toEqual(last.slice(-2))
  })
})
