import { describe, expect, it } from 'vitest'
import { Backlog, type Kept } from './backlog.ts'
import { messageOf, say, type Message } from './protocol/message.ts'

const asked = (id: number, bytes = 0): Kept => ({
  message: messageOf(say.ask, { id, to: `/${id}` }),
  body: Buffer.alloc(bytes),
})
const told = (to: string): Kept => ({ message: messageOf(say.tell, { to }), body: undefined })

function takenFrom(backlog: Backlog): string[] {
  const all: string[] = []
  for (let kept = backlog.shift(); kept !== undefined; kept = backlog.shift())
    all.push(kept.message.to)
  return all
}

describe('what waits for a connection', () => {
  it('leaves in its order', () => {
    const backlog = new Backlog()
    backlog.add(asked(2))
    backlog.add(told('/told'))
    backlog.addFirst([asked(3), asked(1)])
    expect(backlog.isEmpty).toBe(false)
    expect(takenFrom(backlog)).toEqual(['/3', '/1', '/2', '/told'])
    expect(backlog.isEmpty).toBe(true)
  })

  it('counts for its bytes until it is taken, or nobody waits for it', () => {
    const backlog = new Backlog()
    backlog.add(asked(1, 1000))
    backlog.add(told('/told'))
    backlog.add(asked(2, 10))
    expect(backlog.bytes).toBe(1310)
    backlog.delete(1)
    backlog.delete(1)
    expect([backlog.bytes, backlog.has(1), backlog.has(2)]).toEqual([210, false, true])
    const isTold = ({ kind }: Message): boolean => kind === say.tell
    expect(backlog.some(isTold)).toBe(true)
    expect(backlog.forget(isTold)).toMatchObject([{ to: '/told' }])
    expect([backlog.bytes, backlog.some(isTold)]).toEqual([110, false])
    expect(takenFrom(backlog)).toEqual(['/2'])
    expect([backlog.bytes, backlog.isEmpty, backlog.has(2)]).toEqual([0, true, false])
  })
})
