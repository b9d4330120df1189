import { describe, expect, it } from 'vitest'
import { WaitingBytes } from './waitingBytes.ts'

const message = (...sizes: number[]): Buffer[] => sizes.map((size) => Buffer.alloc(size))

describe('bytes that wait in a pipe', () => {
  it('are no more than they may be, until some of them are read', () => {
    const waiting = new WaitingBytes(100)
    let unread = 0
    const pipe = {
      get backlog() {
        return unread
      },
    }
    const write = (...sizes: number[]): boolean => {
      if (!waiting.hasRoom(pipe, message(...sizes))) return false
      waiting.wrote(message(...sizes))
      unread++
      return true
    }
    expect([write(40), write(20, 40), write(1)]).toEqual([true, true, false])
    unread = 1
    expect([write(40), write(1)]).toEqual([true, false])
    unread = 0
    expect([write(99), write(1), write(1)]).toEqual([true, true, false])
  })

  it('may be those of a single message, however long it is', () => {
    const waiting = new WaitingBytes(100)
    expect(waiting.hasRoom({ backlog: 0 }, message(1000))).toBe(true)
    waiting.wrote(message(1000))
    expect(waiting.hasRoom({ backlog: 1 }, message(0))).toBe(false)
    expect(waiting.hasRoom({ backlog: 0 }, message(1000))).toBe(true)
  })

  it('are counted for as long as somebody writes', () => {
    const waiting = new WaitingBytes(1000)
    for (let n = 0; n < 10_000; n++) {
      expect(waiting.hasRoom({ backlog: Math.min(n, 9) }, message(100))).toBe(true)
      waiting.wrote(message(100))
    }
    expect(waiting.hasRoom({ backlog: 10 }, message(1))).toBe(false)
  })
})
