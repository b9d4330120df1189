import { expect, it } from 'vitest'
import { registerTransport, type Listener } from '../transport/transport.ts'
import { SocketError } from '../errors.ts'
import { Push } from './sockets.ts'

const refuse = (): Listener => {
  throw new SocketError('EINVAL')
}

it('has its pipe waiting before the transport is asked to connect', () => {
  const wasAwaited: boolean[] = []
  registerTransport({
    schemes: ['looking'],
    bind: async () => refuse(),
    bindSync: refuse,
    connect(_, { inproc }, pipeName) {
      wasAwaited.push(inproc.isAwaited(pipeName!))
      return { close: () => undefined }
    },
  })
  using push = new Push()
  push.connect('looking://anywhere')
  expect(wasAwaited).toEqual([true])
})

it('has no pipe when the transport refuses to connect', () => {
  registerTransport({
    schemes: ['refusing'],
    bind: async () => refuse(),
    bindSync: refuse,
    connect: refuse as never,
  })
  using push = new Push()
  expect(() => push.connect('refusing://all')).toThrow(
    expect.objectContaining({ code: 'EINVAL', address: 'refusing://all' }),
  )
  expect(push.writable).toBe(false)
})
