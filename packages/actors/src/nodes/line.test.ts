import { describe, expect, it } from 'vitest'
import { Line, type LineValues } from './line.ts'
import { messageOf, say } from './protocol/message.ts'

const MiB = 1024 * 1024
const values = { isPlain: false, peerTakesBytes: 2 * MiB } as LineValues
const message = messageOf(say.tell, { to: '/a', method: 'b' })

/** A line through a port that takes so many frames more. */
function lineWithRoomFor(frames: number) {
  const port = {
    room: frames,
    offer: () => port.room-- > 0,
    await: () => undefined,
    forget: () => undefined,
    drop: () => undefined,
    close: () => undefined,
  }
  const line = new Line(port, undefined, values, () => expect.unreachable())
  return { port, line }
}

describe('a line', () => {
  it('has room again before all that waits has left', async () => {
    const { port, line } = lineWithRoomFor(0)
    for (let n = 0; n < 3; n++) line.postEncoded(message, Buffer.alloc(MiB - 1000))
    expect(line.isFull).toBe(true)
    const room = line.whenRoom()
    let hasLeft = false
    const sent = line.whenSent().then(() => (hasLeft = true))
    port.room = 2
    expect(line.retry()).toBe(false)
    await room
    expect([line.isFull, hasLeft]).toEqual([false, false])
    port.room = 1
    expect(line.retry()).toBe(true)
    await sent
  })
})
