import { describe, expect, it } from 'vitest'
import { failures, thrownBy } from '../support/suiteErrors.ts'
import { useStage } from '../support/suiteStage.ts'
import type { SocketName, Subject } from '../support/suiteSubject.ts'

type Row = [name: SocketName, type: number, sends: boolean, receives: boolean, writable: boolean]

const types: Row[] = [
  ['Pair', 0, true, true, false],
  ['Publisher', 1, true, false, true],
  ['Subscriber', 2, false, true, false],
  ['Request', 3, true, true, false],
  ['Reply', 4, true, true, false],
  ['Dealer', 5, true, true, false],
  ['Router', 6, true, true, true],
  ['Pull', 7, false, true, false],
  ['Push', 8, true, false, false],
  ['XPublisher', 9, true, true, true],
  ['XSubscriber', 10, true, true, true],
  ['Server', 12, true, true, true],
  ['Client', 13, true, true, false],
  ['Radio', 14, true, false, true],
  ['Gather', 16, false, true, false],
  ['Scatter', 17, true, false, false],
]

/** What a new socket is like, and what can be set about it. */
export function describeOptions(subject: Subject): void {
  describe('a new socket', () => {
    const stage = useStage(subject)
    const loose = (name: SocketName) => stage.open(name) as unknown as Record<string, unknown>

    for (const [name, type, sends, receives, writable] of types) {
      it(`of class ${name} has type ${type} and the defaults of libzmq`, () => {
        const socket = loose(name)
        expect(socket).toMatchObject({
          type,
          closed: false,
          readable: false,
          writable,
          lastEndpoint: null,
          securityMechanism: null,
          threadSafe: type >= 12,
          immediate: false,
          ipv6: false,
          backlog: 100,
          reconnectInterval: 100,
          reconnectMaxInterval: 0,
          maxMessageSize: -1,
          handshakeInterval: 30_000,
          heartbeatInterval: 0,
          heartbeatTimeToLive: 0,
          heartbeatTimeout: -1,
          connectTimeout: 0,
          // Subscriptions on their way need not outlive a subscriber.
          linger: name === 'Subscriber' || name === 'XSubscriber' ? 0 : -1,
        })
        expect([socket['sendHighWaterMark'], socket['sendTimeout']]).toEqual(
          sends ? [1000, -1] : [undefined, undefined],
        )
        expect([socket['receiveHighWaterMark'], socket['receiveTimeout']]).toEqual(
          receives ? [1000, -1] : [undefined, undefined],
        )
      })
    }

    it('takes options when it is made', () => {
      const dealer = stage.open('Dealer', { linger: 5, routingId: 'anna', sendTimeout: 7 })
      expect([dealer.linger, dealer.routingId, dealer.sendTimeout]).toEqual([5, 'anna', 7])
    })

    it('belongs to the context of the process unless it is given another', () => {
      expect(stage.open('Pull').context).toBe(subject.zmq.context)
      const context = new subject.zmq.Context()
      expect(stage.open('Pull', { context }).context).toBe(context)
    })
  })

  describe('options', () => {
    const stage = useStage(subject)

    it('keep what they are set to', () => {
      const push = stage.open('Push')
      for (const [name, value] of [
        ['linger', 1000],
        ['sendHighWaterMark', 5],
        ['sendTimeout', 12],
        ['immediate', true],
        ['backlog', 7],
        ['reconnectInterval', 55],
        ['maxMessageSize', 1_000_000],
        ['heartbeatInterval', 3000],
      ] as const) {
        const socket = push as unknown as Record<string, unknown>
        socket[name] = value
        expect(socket[name]).toBe(value)
      }
    })

    it('refuse what is out of range with EINVAL, and keep what they had', () => {
      const push = stage.open('Push')
      for (const [name, value] of [
        ['linger', -2],
        ['linger', 2 ** 31],
        ['sendHighWaterMark', -1],
        ['sendTimeout', -2],
        ['backlog', -1],
      ] as const) {
        const before = push[name]
        expect(thrownBy(() => (push[name] = value))).toMatchObject(failures.invalid)
        expect(push[name]).toBe(before)
      }
    })

    it('cut numbers to integers', () => {
      const push = stage.open('Push')
      push.linger = 1.9
      expect(push.linger).toBe(1)
    })

    it('that only write read as undefined', () => {
      const dealer = stage.open('Dealer')
      dealer.probeRouter = true
      expect(dealer.probeRouter).toBe(undefined)
      const subscriber = stage.open('Subscriber')
      subscriber.conflate = true
      expect(subscriber.conflate).toBe(undefined)
    })
  })
}
