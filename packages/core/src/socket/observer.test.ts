import { describe, expect, it } from 'vitest'
import { observe, Observer, tell, type SocketEvent } from './observer.ts'
import { Pull } from './sockets.ts'

const end: SocketEvent = { type: 'end' }
const bound = (number: number): SocketEvent => ({ type: 'bind', address: `inproc://${number}` })
const closed = { code: 'EBADF', message: 'Socket is closed' }
const busy = {
  code: 'EBUSY',
  message: 'Observer is busy reading; only one receive operation may be in progress at any time',
}
const listening =
  'Observer is in event emitter mode. After a call to events.on() it is not possible to read ' +
  'events with events.receive().'

/** Counts how often the process is kept alive. */
class Hold {
  count = 0
  hold(): void {
    this.count++
  }
  release(): void {
    this.count--
  }
}

function observer(): { events: Observer; hold: Hold } {
  const hold = new Hold()
  return { events: new Observer({ [observe]: () => hold }), hold }
}

/** Lets listeners be called: that is never done within the call that caused the event. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('an observer that is read', () => {
  it('gives event after event, those of before too', async () => {
    const { events } = observer()
    events[tell](bound(1))
    const read = [await events.receive()]
    const waiting = events.receive()
    events[tell](bound(2))
    events[tell](end)
    read.push(await waiting, await events.receive())
    expect(read).toEqual([bound(1), bound(2), end])
  })

  it('keeps the process alive only while somebody waits', async () => {
    const { events, hold } = observer()
    events[tell](bound(1))
    await events.receive()
    expect(hold.count).toBe(0)
    const waiting = events.receive()
    expect(hold.count).toBe(1)
    events[tell](end)
    expect(hold.count).toBe(0)
    await waiting
  })

  it('is closed by reading the end, and not before', async () => {
    const { events } = observer()
    events[tell](end)
    expect(events.closed).toBe(false)
    await events.receive()
    expect(events.closed).toBe(true)
    expect(() => events.receive()).toThrow(expect.objectContaining(closed))
  })

  it('tells nothing after the end', async () => {
    const { events } = observer()
    events[tell](end)
    events[tell](bound(1))
    expect(await events.receive()).toEqual(end)
    expect(() => events.receive()).toThrow(expect.objectContaining(closed))
  })

  it('has one reader at a time', async () => {
    const { events } = observer()
    const waiting = events.receive()
    expect(() => events.receive()).toThrow(expect.objectContaining(busy))
    expect(() => events.on('end', () => undefined)).toThrow(expect.objectContaining(busy))
    events[tell](end)
    expect(await waiting).toEqual(end)
  })

  it('can be closed by its reader, which forgets what was not read', async () => {
    const { events, hold } = observer()
    const waiting = events.receive()
    events.close()
    events.close()
    await expect(waiting).rejects.toMatchObject({ code: 'EAGAIN' })
    expect(hold.count).toBe(0)
    events[tell](bound(1))
    expect(() => events.receive()).toThrow(expect.objectContaining(closed))
  })

  it('drops the oldest events when nobody reads them', async () => {
    const { events } = observer()
    for (let number = 0; number < 1005; number++) events[tell](bound(number))
    expect(await events.receive()).toEqual(bound(5))
    for (let number = 6; number < 1005; number++) {
      expect(await events.receive()).toEqual(bound(number))
    }
    events[tell](end)
    expect(await events.receive()).toEqual(end)
  })

  it('can be iterated to its end', async () => {
    const { events } = observer()
    events[tell](bound(1))
    events[tell](end)
    const read: SocketEvent[] = []
    for await (const event of events) read.push(event)
    expect(read).toEqual([bound(1), end])
  })

  it('can be left in the middle of an iteration, and read on', async () => {
    const { events } = observer()
    events[tell](bound(1))
    events[tell](bound(2))
    for await (const event of events) {
      expect(event).toEqual(bound(1))
      break
    }
    expect(events.closed).toBe(false)
    expect(await events.receive()).toEqual(bound(2))
  })

  it('ends an iteration when it is closed', async () => {
    const { events } = observer()
    const iterated = (async () => {
      const read: SocketEvent[] = []
      for await (const event of events) read.push(event)
      return read
    })()
    events.close()
    expect(await iterated).toEqual([])
  })
})

describe('an observer that is listened to', () => {
  it('calls the listeners of a type, in the order in which they came, later', async () => {
    const { events, hold } = observer()
    const calls: [string, SocketEvent][] = []
    events.on('bind', (event) => calls.push(['first', event]))
    events.on('bind', (event) => calls.push(['second', event]))
    events.on('end', (event) => calls.push(['other', event]))
    events[tell](bound(1))
    expect(calls).toEqual([])
    await turn()
    expect(calls).toEqual([
      ['first', bound(1)],
      ['second', bound(1)],
    ])
    expect(hold.count).toBe(1)
  })

  it.each(['the end', 'close'])('keeps the process alive from the first listener to %s', (how) => {
    const { events, hold } = observer()
    const listener = (): void => undefined
    expect(events.on('bind', listener).on('accept', listener).off('bind', listener)).toBe(events)
    expect(hold.count).toBe(1)
    if (how === 'close') events.close()
    else events[tell](end)
    expect(hold.count).toBe(0)
    events.close()
    expect(hold.count).toBe(0)
    events.on('bind', listener)
    expect(hold.count).toBe(0)
  })

  it('is one of several', async () => {
    const pull = new Pull()
    const other = new Observer(pull)
    const ends = [pull.events.receive(), other.receive()]
    pull.close()
    expect(await Promise.all(ends)).toEqual([end, end])
    expect(() => new Observer(pull)).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }))
    expect(() => new Observer({} as Pull)).toThrow(TypeError)
  })

  it('calls nobody who has left', async () => {
    const { events } = observer()
    const calls: SocketEvent[] = []
    const listener = (event: SocketEvent): unknown => calls.push(event)
    events.off('bind', listener)
    events.on('bind', listener)
    events[tell](bound(1))
    events.off('bind', listener)
    events[tell](bound(2))
    await turn()
    expect(calls).toEqual([bound(1)])
  })

  it('tells the first listener what happened before', async () => {
    const { events } = observer()
    events[tell](bound(1))
    const calls: SocketEvent[] = []
    events.on('bind', (event) => calls.push(event))
    await turn()
    expect(calls).toEqual([bound(1)])
  })

  it('cannot be read', async () => {
    const { events } = observer()
    events.on('end', () => undefined)
    expect(() => events.receive()).toThrow(new Error(listening))
    const iterated = events[Symbol.asyncIterator]().next()
    await expect(iterated).rejects.toThrow(listening)
  })

  it('is closed by the end', async () => {
    const { events } = observer()
    const calls: SocketEvent[] = []
    events.on('end', (event) => calls.push(event))
    events[tell](end)
    expect(events.closed).toBe(true)
    await turn()
    expect(calls).toEqual([end])
  })

  it('hears nothing after it was closed', async () => {
    const { events } = observer()
    const calls: SocketEvent[] = []
    events.on('end', (event) => calls.push(event))
    events.close()
    events[tell](end)
    await turn()
    expect(calls).toEqual([])
  })
})

describe("a socket's events", () => {
  it('are the end alone, over inproc', async () => {
    const pull = new Pull()
    const { events } = pull
    pull.bindSync('inproc://observed')
    pull.close()
    pull.close()
    expect(pull.events).toBe(events)
    expect(await events.receive()).toEqual(end)
    expect(events.closed).toBe(true)
  })

  it('are not to be had of a socket that is closed', () => {
    const pull = new Pull()
    pull.close()
    expect(() => pull.events).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }))
  })

  it('take no properties of others', () => {
    const { events } = observer()
    expect(() => Object.assign(events, { mine: 1 })).toThrow(TypeError)
  })
})
