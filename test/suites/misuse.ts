import { describe, expect, it } from 'vitest'
import type { Socket } from '../support/suiteApi.ts'
import { failureOf, failures, thrownBy } from '../support/suiteErrors.ts'
import { itWith, numbers, takeNote, texts, useStage, watch } from '../support/suiteStage.ts'
import type { SocketName, Subject } from '../support/suiteSubject.ts'

/** A socket as a caller sees it who does not heed the types. */
type Untyped = Record<string, (...parameters: unknown[]) => unknown>

/** What a socket says to those who hold it wrong. */
export function describeMisuse(subject: Subject): void {
  describe('wrong arguments', () => {
    const stage = useStage(subject)
    const untyped = (name: SocketName): Untyped => stage.open(name) as unknown as Untyped

    for (const method of ['bind', 'bindSync', 'unbind', 'unbindSync', 'connect', 'disconnect']) {
      it(`of ${method} are TypeErrors`, () => {
        const pull = untyped('Pull')
        for (const parameters of [[], [undefined], [4], [null], [{}]]) {
          const error = thrownBy(() => pull[method]!(...parameters))
          expect(error).toBeInstanceOf(TypeError)
          expect(error).toMatchObject({ message: 'Address must be a string' })
        }
        const error = thrownBy(() => pull[method]!('inproc://a', 'inproc://b'))
        expect(error).toBeInstanceOf(TypeError)
        expect(error).toMatchObject({ message: 'Expected 1 argument but received 2' })
      })
    }

    it('of send are TypeErrors', () => {
      const push = untyped('Push')
      for (const parameters of [[], [undefined]]) {
        const error = thrownBy(() => push.send!(...parameters))
        expect(error).toBeInstanceOf(TypeError)
        expect(error).toMatchObject({ message: 'Message must be present' })
      }
      const error = thrownBy(() => push.send!('a', 'b'))
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toMatchObject({ message: 'Expected 1 argument but received 2' })
    })

    it('of receive are TypeErrors', () => {
      const error = thrownBy(() => untyped('Pull').receive!(1))
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toMatchObject({ message: 'Expected 0 arguments but received 1' })
    })

    it('of subscribe and unsubscribe are TypeErrors', () => {
      const subscriber = untyped('Subscriber')
      for (const method of ['subscribe', 'unsubscribe']) {
        const error = thrownBy(() => subscriber[method]!(3))
        expect(error).toBeInstanceOf(TypeError)
        expect(error).toMatchObject({ message: 'Option value must be a string or buffer' })
      }
    })

    it('of join and leave are TypeErrors', () => {
      const dish = untyped('Dish')
      for (const method of ['join', 'leave']) {
        const error = thrownBy(() => dish[method]!(3))
        expect(error).toBeInstanceOf(TypeError)
        expect(error).toMatchObject({ message: 'Value must be a string or buffer' })
      }
    })

    for (const name of ['Server', 'Radio'] as const) {
      it(`a ${name} must be told whom to send to`, () => {
        for (const parameters of [['x'], ['x', 4], ['x', null]]) {
          const error = thrownBy(() => untyped(name).send!(...parameters))
          expect(error).toBeInstanceOf(TypeError)
          expect(error).toMatchObject({ message: 'Options must be an object' })
        }
      })
    }

    it('of a constructor are TypeErrors', () => {
      const { Push } = subject.zmq as unknown as Record<string, new (given: unknown) => object>
      for (const given of [1, null, 'x', true]) {
        const error = thrownBy(() => new Push!(given))
        expect(error).toBeInstanceOf(TypeError)
        expect(error).toMatchObject({ message: 'Options must be an object' })
      }
      const unknown = thrownBy(() => new Push!({ doesNotExist: 1 }))
      expect(unknown).toBeInstanceOf(TypeError)
      const wrong = thrownBy(() => new Push!({ linger: 'long' }))
      expect(wrong).toBeInstanceOf(TypeError)
      expect(wrong).toMatchObject({ message: 'Option value must be a number' })
    })

    it('do no harm: the socket goes on', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      thrownBy(() => (pull as unknown as Untyped).bind!(4))
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(texts(await pull.receive())).toEqual(['x'])
    })

    it('options of the wrong type are TypeErrors', () => {
      const dealer = stage.open('Dealer') as unknown as Record<string, unknown>
      for (const [name, value, message] of [
        ['linger', 'x', 'Option value must be a number'],
        ['linger', undefined, 'Option value must be a number'],
        ['sendHighWaterMark', null, 'Option value must be a number'],
        ['immediate', 1, 'Option value must be a boolean'],
        ['probeRouter', 'yes', 'Option value must be a boolean'],
        ['routingId', 4, 'Option value must be a string or buffer'],
      ] as const) {
        const error = thrownBy(() => (dealer[name] = value))
        expect(error).toBeInstanceOf(TypeError)
        expect(error).toMatchObject({ message })
      }
    })

    it('options that do not exist, or cannot be set, are TypeErrors', () => {
      const push = stage.open('Push') as unknown as Record<string, unknown>
      for (const name of ['doesNotExist', 'receiveTimeout', 'type', 'lastEndpoint', 'closed']) {
        expect(thrownBy(() => (push[name] = 1))).toBeInstanceOf(TypeError)
      }
    })
  })

  describeDirection(subject)
  describeBusy(subject)
  describeStrangers(subject)
}

function describeDirection(subject: Subject): void {
  describe('the wrong direction', () => {
    const stage = useStage(subject)
    const untyped = (name: SocketName): Untyped => stage.open(name) as unknown as Untyped

    // zeromq.js lets these wait for ever; zmq_send and zmq_recv say ENOTSUP.
    for (const name of ['Subscriber', 'Pull', 'Dish', 'Gather'] as const) {
      it(`a ${name} cannot send`, async () => {
        const socket = untyped(name)
        const failure = await failureOf(() => socket.send!('x'))
        expect(failure).toMatchObject(failures.notSupported)
      })
    }

    for (const name of ['Publisher', 'Push', 'Radio', 'Scatter'] as const) {
      it(`a ${name} cannot receive`, async () => {
        const socket = untyped(name)
        const failure = await failureOf(() => socket.receive!())
        expect(failure).toMatchObject(failures.notSupported)
      })
    }
  })
}

function describeBusy(subject: Subject): void {
  describe('two calls at once', () => {
    const stage = useStage(subject)

    it('to send are refused with EBUSY while the first one waits', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push')
      await push.bind(endpoint)
      const first = push.send('1')
      expect(thrownBy(() => push.send('2'))).toMatchObject(failures.busyWriting)
      const [pull] = await stage.farPeers('Pull', 1, endpoint)
      expect(texts(await pull!.receive())).toEqual(['1'])
      await first
      await push.send('3')
      expect(texts(await pull!.receive())).toEqual(['3'])
    })

    it('to receive are refused with EBUSY while the first one waits', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const first = pull.receive()
      expect(thrownBy(() => pull.receive())).toMatchObject(failures.busyReading)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(texts(await first)).toEqual(['x'])
    })

    it('to send are fine while nothing has to wait', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      await Promise.all(numbers(0, 100).map((number) => push.send(number)))
      expect((await pull.take(100)).map((message) => String(message[0]))).toEqual(numbers(0, 100))
    })

    it('one to send and one to receive do not disturb each other', async () => {
      const endpoint = stage.endpoint()
      const pair = stage.open('Pair')
      await pair.bind(endpoint)
      const receiving = watch(pair.receive())
      const sending = watch(pair.send('ping'))
      const [other] = await stage.farPeers('Pair', 1, endpoint)
      expect(texts(await other!.receive())).toEqual(['ping'])
      await other!.send('pong')
      expect(texts(await receiving.promise)).toEqual(['pong'])
      await sending.promise
    })

    it('are refused with EBUSY while a bind or an unbind is under way', async () => {
      const [one, two] = [stage.endpoint(), stage.endpoint()]
      const pair = stage.open('Pair')
      for (const [action, endpoint] of [
        ['bind', one],
        ['unbind', one],
      ] as const) {
        const underWay = pair[action](endpoint)
        for (const call of [
          () => pair.bind(two),
          () => pair.bindSync(two),
          () => pair.unbind(two),
          () => pair.unbindSync(two),
          () => pair.connect(two),
          () => pair.disconnect(two),
          () => pair.send('x'),
          () => pair.receive(),
        ]) {
          expect(thrownBy(call)).toMatchObject(failures.blocked)
        }
        await underWay
      }
      await pair.bind(two)
      expect(pair.lastEndpoint).toBe(two)
    })
  })
}

const strangers = [
  ['Push', 'Push'],
  ['Push', 'Gather'],
  ['Pair', 'Dealer'],
  ['Dealer', 'Request'],
  ['Request', 'Request'],
  ['Client', 'Router'],
  ['Scatter', 'Pull'],
  ['Channel', 'Pair'],
] as const

function describeStrangers(subject: Subject): void {
  describe('sockets of types that have nothing to say to each other', () => {
    const stage = useStage(subject)
    const itInproc = itWith(subject, 'inproc')

    // Over inproc libzmq does not look: there these would be connected and swallow messages.
    for (const [here, there] of strangers) {
      it(`are not connected: a ${here} to a ${there}`, async () => {
        const endpoint = stage.endpoint()
        await stage.farPeers(there, 1, endpoint)
        const socket = stage.open(here)
        socket.sendTimeout = 0
        await socket.bind(endpoint)
        takeNote(socket)
        expect(socket.writable).toBe(false)
        await expect(socket.send('x')).rejects.toMatchObject(failures.again)
      })

      // Over a wire it shows in the handshake, and `connect` has returned long ago.
      itInproc(
        `are refused with ENOCOMPATPROTO: a ${there} by a ${here} that is bound`,
        async () => {
          const endpoint = stage.endpoint()
          const socket = stage.open(here)
          await socket.bind(endpoint)
          const stranger = await stage.far(there)
          const failure = await failureOf(() => stranger.connect(endpoint))
          expect(failure).toMatchObject(failures.incompatible)
        },
      )
    }

    it('do not disturb those that have', async () => {
      const endpoint = stage.endpoint()
      await stage.farPeers('Publisher', 1, endpoint)
      await stage.farPeers('Pull', 1, endpoint)
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(texts(await pull.receive())).toEqual(['x'])
    })
  })

  describe('a socket in another thread', () => {
    const Types = Object.entries(subject.zmq as object).flatMap(
      ([name, value]: [string, unknown]) =>
        // `Socket` is what all are; to make one takes the number of its type.
        name !== 'Socket' && isSocketType(value) ? [value] : [],
    )

    it('cannot be, of no type: it does not let itself be sent there', () => {
      expect(Types.length).toBeGreaterThanOrEqual(19)
      const { port1, port2 } = new MessageChannel()
      for (const Type of Types) {
        const socket = new Type()
        expect(thrownBy(() => port1.postMessage(socket))).toMatchObject({ name: 'DataCloneError' })
        expect(thrownBy(() => structuredClone({ socket }))).toMatchObject({
          name: 'DataCloneError',
        })
        socket.close()
      }
      port1.close()
      port2.close()
    })
  })
}

function isSocketType(value: unknown): value is new () => Socket {
  if (typeof value !== 'function') return false
  const prototype: unknown = value.prototype
  return prototype instanceof Object && 'connect' in prototype
}
