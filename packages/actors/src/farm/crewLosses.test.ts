import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ActorError } from '../errors.ts'
import { HeldLink, LONG_MS, Ready, terms } from './crew.test-support.ts'
import { Crew } from './crew.ts'
import { CUT_MS } from './parcel.ts'
import { Run } from './run.ts'

describe('a crew whose workers do not say anything', () => {
  it('ends a run whose last task is given up because workers have died of it', async () => {
    const links = Array.from({ length: 5 }, () => new HeldLink(LONG_MS))
    const crew = new Crew(new Ready(1, links))
    await crew.open()
    const run = new Run(
      crew,
      ['poison'],
      { ...terms, endsWithFailure: false },
      ({ value }) => value as ActorError,
    )
    const first = run.next()
    // The first did not have it alone, as far as is known.
    for (const link of links.slice(0, 4)) await link.die()
    expect((await first).value).toMatchObject({ code: 'EHOSTDOWN' })
    expect(await run.next()).toEqual({ done: true, value: undefined })
    await crew.close()
  })

  it('times the tasks of workers that share a thread from when it is free for them', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const timeoutMs = 500
    const links = [1, 1, 2].map((host) => new HeldLink(LONG_MS, host))
    const [busy, behind, elsewhere] = links as [HeldLink, HeldLink, HeldLink]
    const ready = new Ready(3, links)
    const crew = new Crew(ready)
    await crew.open()
    const timed = { ...terms, timeoutMs, inFlight: undefined }
    const run = new Run(crew, [1, 2, 3], timed, ({ value }) => value)
    const results = [run.next(), run.next(), run.next()]
    vi.advanceTimersByTime(timeoutMs)
    await busy.finish()
    await elsewhere.finish()
    // Its task has begun only now.
    vi.advanceTimersByTime(timeoutMs)
    expect(behind.hurried).toEqual([])
    vi.advanceTimersByTime(CUT_MS)
    expect(behind.hurried).toHaveLength(1)
    expect(ready.endedHosts).toEqual([])
    vi.runAllTimers()
    expect(ready.endedHosts).toEqual([1])
    await behind.die()
    await run.return()
    await Promise.all(results)
    await crew.close()
  })

  describe('although their tasks have time', () => {
    /** Two workers in one thread: one has a task that may take long, the other one that may not. */
    async function sharing() {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      onTestFinished(() => void vi.useRealTimers())
      const links = [1, 1].map((host) => new HeldLink(LONG_MS, host))
      const [slow, quick] = links as [HeldLink, HeldLink]
      const ready = new Ready(2, links)
      const crew = new Crew(ready)
      await crew.open()
      const outcomeOf = (timeoutMs: number) => {
        const timed = { ...terms, timeoutMs, inFlight: 1, endsWithFailure: false }
        return new Run(crew, ['task'], timed, ({ value }) => value as ActorError | string).next()
      }
      const results = [outcomeOf(60_000), outcomeOf(100)] as const
      const show = (link: HeldLink | undefined): void => {
        const running = link?.parcels[0]?.parcel.mark ?? 0
        for (const each of links) each.running = running
      }
      return { slow, quick, ready, crew, results, show }
    }

    it('leaves one alone that computes in its time, whoever waits for its thread', async () => {
      const { slow, quick, ready, crew, results, show } = await sharing()
      show(slow)
      vi.advanceTimersByTime(30_000)
      // It would come to an end before it has begun.
      expect(quick.hurried).toEqual([])
      expect(ready.endedHosts).toEqual([])
      await slow.finish()
      show(quick)
      await quick.finish()
      for (const result of results) expect(await result).toMatchObject({ value: 'task' })
      await crew.close()
    })

    it('ends the thread of one whose time is over, and fails that one alone', async () => {
      const { slow, quick, ready, crew, results, show } = await sharing()
      show(quick)
      vi.advanceTimersByTime(100 + CUT_MS)
      expect(quick.hurried).toHaveLength(1)
      vi.advanceTimersByTime(1000)
      expect(ready.endedHosts).toEqual([1])
      await quick.die()
      expect(await results[1]).toMatchObject({ value: { code: 'ETIMEDOUT' } })
      // The other one was not at fault, and its worker is there still, as far as this crew knows.
      await slow.finish()
      expect(await results[0]).toMatchObject({ value: 'task' })
      await crew.close()
    })
  })
})
