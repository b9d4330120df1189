import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Heartbeat } from './heartbeat.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const settings = { intervalMs: 100, timeoutMs: 50, timeToLiveMs: 0 }

it('a peer that is asked and does not answer is silent', () => {
  const silent = vi.fn<() => void>()
  const heartbeat = new Heartbeat(settings, () => true, silent)
  heartbeat.start()
  vi.advanceTimersByTime(149)
  expect(silent).not.toHaveBeenCalled()
  // And one for the turn in which what has come is read.
  vi.advanceTimersByTime(2)
  expect(silent).toHaveBeenCalledOnce()
  heartbeat.stop()
})

it('of a peer that could not be asked no answer is due', () => {
  const silent = vi.fn<() => void>()
  let isChoked = true
  const heartbeat = new Heartbeat(settings, () => !isChoked, silent)
  heartbeat.start()
  vi.advanceTimersByTime(1000)
  expect(silent).not.toHaveBeenCalled()
  isChoked = false
  vi.advanceTimersByTime(151)
  expect(silent).toHaveBeenCalledOnce()
  heartbeat.stop()
})
