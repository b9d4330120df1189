import { describe, expect, it } from 'vitest'
import { Receipts } from './receipts.ts'

const PING = '\u0004PING\u0000\u0000'
const PONG = '\u0004PONG'
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What is asked; undefined when nothing is. */
function questionOf(receipts: Receipts): string | undefined {
  const question = receipts.question()
  return question && new TextDecoder().decode(question)
}

describe('receipts for what was sent', () => {
  it('are asked for after every 256 KiB', () => {
    const receipts = new Receipts()
    receipts.sent(200_000)
    expect(questionOf(receipts)).toBeUndefined()
    receipts.sent(100_000)
    expect(questionOf(receipts)).toBe(`${PING}300000`)
    expect(questionOf(receipts)).toBeUndefined()
    receipts.sent(300_000)
    expect(questionOf(receipts)).toBe(`${PING}600000`)
  })

  it('tell what the peer has not read, and that it gives any', () => {
    const receipts = new Receipts()
    receipts.sent(800_000)
    expect([receipts.openBytes, receipts.areGiven]).toEqual([800_000, false])
    receipts.read(bytesOf(`${PONG}300000`))
    expect([receipts.openBytes, receipts.areGiven]).toEqual([500_000, true])
    receipts.read(bytesOf(`${PONG}800000`))
    receipts.read(bytesOf(`${PONG}300000`))
    expect(receipts.openBytes).toBe(0)
  })

  it('are asked for again when a lot has come instead', () => {
    const receipts = new Receipts()
    receipts.came(300_000)
    expect(questionOf(receipts)).toBeUndefined()
    receipts.sent(1)
    expect(questionOf(receipts)).toBe(`${PING}1`)
    receipts.came(300_000)
    expect(questionOf(receipts)).toBe(`${PING}1`)
  })

  it.each([
    `${PONG}1001`,
    PONG,
    `${PONG}-5`,
    `${PONG}much`,
    `${PONG}000000000000000001`,
    `${PING}5`,
    '\u0005PONG5',
    '',
  ])('are not given by %j', (command) => {
    const receipts = new Receipts()
    receipts.sent(1000)
    receipts.read(bytesOf(command))
    expect([receipts.openBytes, receipts.areGiven]).toEqual([1000, false])
  })
})
