import { describe, expect, it } from 'vitest'
import { failures, thrownBy } from '../support/suiteErrors.ts'
import { itWith, texts, useStage } from '../support/suiteStage.ts'
import type { Context } from '../support/suiteApi.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** ZMQ_MAX_SOCKETS and ZMQ_BLOCKY. */
const MAX_SOCKETS = 2
const BLOCKY = 70

/** The world that sockets live in. */
export function describeContext(subject: Subject): void {
  const loose = (context: Context) => context as unknown as Record<string, unknown>

  describe('a context', () => {
    it('has the defaults of libzmq', () => {
      expect(new subject.zmq.Context()).toMatchObject({
        blocky: true,
        ioThreads: 1,
        maxMessageSize: 2147483647,
        maxSockets: 1023,
        maxSocketsLimit: 65535,
        ipv6: false,
      })
    })

    it('takes options when it is made, and later', () => {
      const context = new subject.zmq.Context({ blocky: false, maxSockets: 10 })
      expect([context.blocky, context.maxSockets]).toEqual([false, 10])
      context.ipv6 = true
      context.ioThreads = 4
      context.maxMessageSize = 1000
      expect([context.ipv6, context.ioThreads, context.maxMessageSize]).toEqual([true, 4, 1000])
    })

    it('lets its options be read and set by number', () => {
      const context = new subject.zmq.Context()
      context.setInt32Option(MAX_SOCKETS, 5)
      context.setBoolOption(BLOCKY, false)
      expect([context.getInt32Option(MAX_SOCKETS), context.getBoolOption(BLOCKY)]).toEqual([
        5,
        false,
      ])
      expect([context.maxSockets, context.blocky]).toEqual([5, false])
      expect(thrownBy(() => context.getInt32Option(99))).toMatchObject(failures.invalid)
    })

    it('refuses values out of range with EINVAL', () => {
      const context = new subject.zmq.Context()
      for (const [name, value] of [
        ['maxSockets', -1],
        ['maxSockets', 0],
        ['maxMessageSize', -1],
        ['ioThreads', -1],
      ] as const) {
        expect(thrownBy(() => (context[name] = value))).toMatchObject(failures.invalid)
      }
    })

    it('refuses values of the wrong type, and options that do not exist or only read', () => {
      const context = new subject.zmq.Context()
      for (const [name, value, message] of [
        ['blocky', 1, 'Option value must be a boolean'],
        ['maxSockets', 'x', 'Option value must be a number'],
      ] as const) {
        const error = thrownBy(() => (loose(context)[name] = value))
        expect(error).toBeInstanceOf(TypeError)
        expect(error).toMatchObject({ message })
      }
      expect(thrownBy(() => (loose(context)['doesNotExist'] = 1))).toBeInstanceOf(TypeError)
      expect(thrownBy(() => (loose(context)['maxSocketsLimit'] = 1))).toBeInstanceOf(TypeError)
    })

    it('refuses wrong parameters of its constructor', () => {
      const Untyped = subject.zmq.Context as unknown as new (...given: unknown[]) => Context
      for (const given of [1, null, 'x']) {
        const error = thrownBy(() => new Untyped(given))
        expect(error).toBeInstanceOf(TypeError)
        expect(error).toMatchObject({ message: 'Options must be an object' })
      }
      expect(thrownBy(() => new Untyped({ doesNotExist: 1 }))).toBeInstanceOf(TypeError)
      expect(thrownBy(() => new Untyped({}, 1))).toMatchObject({
        message: 'Expected 1 argument but received 2',
      })
    })
  })

  describe('the module', () => {
    it('tells which libzmq it behaves like, and what it can do', () => {
      expect(subject.zmq.version).toBe('4.3.5')
      for (const name of ['ipc', 'pgm', 'tipc', 'norm', 'curve', 'gssapi', 'draft']) {
        expect(typeof subject.zmq.capability[name]).toBe('boolean')
      }
    })
  })

  describe('sockets of a context', () => {
    const stage = useStage(subject)
    const itInproc = itWith(subject, 'inproc')

    it('linger unless the context is not blocky', () => {
      const context = new subject.zmq.Context({ blocky: false })
      expect(stage.open('Push', { context }).linger).toBe(0)
      expect(stage.open('Push').linger).toBe(-1)
    })

    it('take over its `ipv6`', () => {
      const context = new subject.zmq.Context({ ipv6: true })
      expect(stage.open('Push', { context }).ipv6).toBe(true)
    })

    it('are limited in number: one more is refused with EMFILE', () => {
      const context = new subject.zmq.Context({ maxSockets: 3 })
      const sockets = [1, 2, 3].map(() => stage.open('Push', { context }))
      expect(thrownBy(() => stage.open('Push', { context }))).toMatchObject(failures.tooManySockets)
      sockets[1]!.close()
      if (subject.features.inproc) stage.open('Push', { context })
    })

    it('must be given a context, not something like it', () => {
      const { Push } = subject.zmq as unknown as Record<string, new (given: unknown) => object>
      for (const context of [{}, 1]) {
        expect(thrownBy(() => new Push!({ context }))).toMatchObject({
          message: failures.invalid.message,
        })
      }
    })

    // Over a wire an endpoint is the whole machine's.
    itInproc('do not meet those of another', async () => {
      const endpoint = stage.endpoint()
      const other = new subject.zmq.Context()
      const here = stage.open('Pull')
      const there = stage.open('Pull', { context: other })
      await here.bind(endpoint)
      await there.bind(endpoint)
      const push = stage.open('Push', { context: other })
      push.connect(endpoint)
      await push.send('there')
      const [farPush] = await stage.farPeers('Push', 1, endpoint)
      await farPush!.send('here')
      expect(texts(await there.receive())).toEqual(['there'])
      expect(texts(await here.receive())).toEqual(['here'])
    })
  })
}
