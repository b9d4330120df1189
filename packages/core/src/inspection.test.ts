import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import * as library from './index.ts'
import { Context, Proxy, Pull, Push } from './index.ts'
import { show } from './inspection.ts'

describe('an object that is printed', () => {
  const context = new Context()
  const pull = (): Pull => new Pull({ context })

  it('shows where a socket is bound and connected, and whether it is closed', () => {
    const socket = pull()
    expect(inspect(socket)).toBe('Pull { bound: [], connected: [], closed: false }')
    socket.bindSync('inproc://here')
    socket.connect('inproc://there')
    socket.connect('inproc://elsewhere')
    expect(inspect(socket, { breakLength: Infinity })).toBe(
      "Pull { bound: [ 'inproc://here' ], connected: [ 'inproc://there', 'inproc://elsewhere' ], closed: false }",
    )
    socket.disconnect('inproc://there')
    socket.unbindSync('inproc://here')
    expect(inspect(socket)).toBe(
      "Pull { bound: [], connected: [ 'inproc://elsewhere' ], closed: false }",
    )
    socket.close()
    expect(inspect(socket)).toBe('Pull { bound: [], connected: [], closed: true }')
  })

  it('shows a class of the application by its name, and keeps to the depth asked for', () => {
    class Inbox extends Pull {}
    const inbox = new Inbox({ context })
    expect(inspect(inbox)).toMatch(/^Inbox \{ bound/)
    expect(inspect({ inbox }, { depth: 0 })).toBe('{ inbox: Inbox [Object] }')
    inbox.close()
  })

  const classes = Object.entries(library).filter(
    ([, exported]) => typeof exported === 'function' && 'prototype' in exported,
  ) as unknown as [string, { prototype: object }][]

  it.each(classes)('may be the prototype of %s', (_name, { prototype }) => {
    expect(inspect(prototype)).toEqual(expect.any(String))
  })

  it.each(classes.filter(([, { prototype }]) => show in prototype))(
    'may be made from the prototype of %s, with nothing in it',
    (_name, { prototype }) => {
      expect(inspect(Object.create(prototype))).toBe(`${prototype.constructor.name} {}`)
    },
  )

  it('shows how many sockets a context has', () => {
    const other = new Context()
    const push = new Push({ context: other })
    expect(inspect(other)).toBe('Context { sockets: 1, isShutDown: false }')
    push.close()
    other.shutdown()
    expect(inspect(other)).toBe('Context { sockets: 0, isShutDown: true }')
  })

  it('takes no part in a context by showing it', () => {
    const before = inspect(new Context())
    expect(before).toBe('Context { sockets: 0, isShutDown: false }')
  })

  it('shows what is in a frame while it is held, and how long a batch is', () => {
    const frame = context.allocate(3)
    frame.data.write('abc')
    expect(inspect(frame)).toBe('SharedFrame { length: 3, data: <Buffer 61 62 63> }')
    frame.release()
    expect(inspect(frame)).toBe('SharedFrame { length: 3, isHeld: false }')
    const [reader, push] = [pull(), new Push({ context })]
    reader.bindSync('inproc://batch')
    push.connect('inproc://batch')
    push.sendManySync(['1', '2'])
    const batch = reader.receiveManySharedSync()
    expect(inspect(batch)).toBe('SharedBatch { length: 2, isHeld: true }')
    batch.release()
    expect(inspect(batch)).toBe('SharedBatch { length: 2, isHeld: false }')
    reader.close()
    push.close()
  })

  it('shows the ends of a proxy, and the state of an observer', () => {
    const [front, back] = [pull(), new Push({ context })]
    const proxy = new Proxy(front, back)
    expect(inspect(proxy, { breakLength: Infinity, depth: 0 })).toBe(
      'Proxy { frontEnd: Pull [Object], backEnd: Push [Object], isRunning: false }',
    )
    expect(inspect(front.events)).toBe('Observer { closed: false }')
    front.close()
    back.close()
  })
})
