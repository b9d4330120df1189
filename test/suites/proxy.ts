import { describe, expect, it } from 'vitest'
import { failures, thrownBy } from '../support/suiteErrors.ts'
import {
  eventLoopTurns,
  heads,
  numbers,
  take,
  texts,
  useStage,
  watch,
} from '../support/suiteStage.ts'
import type { Proxy, Socket } from '../support/suiteApi.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** Two sockets joined by a device that hands everything on. */
export function describeProxy(subject: Subject): void {
  describe('a proxy', () => {
    const stage = useStage(subject)

    /** Runs a proxy over sockets bound here; the test awaits `ended` after `terminate`. */
    const start = async (frontEnd: Socket, backEnd: Socket) => {
      const [front, back] = [stage.endpoint(), stage.endpoint()]
      await frontEnd.bind(front)
      await backEnd.bind(back)
      const proxy = new subject.zmq.Proxy(frontEnd, backEnd)
      return { proxy, front, back, ended: proxy.run() }
    }
    const stop = async ({ proxy, ended }: { proxy: Proxy; ended: Promise<void> }) => {
      proxy.terminate()
      await ended
    }

    it('queues requests for services: ROUTER to DEALER', async () => {
      const running = await start(stage.open('Router'), stage.open('Dealer'))
      const requests = await stage.farPeers('Request', 3, running.front)
      const replies = await stage.farPeers('Reply', 2, running.back)
      const served = replies.map((reply) => reply.echo())
      for (let round = 0; round < 5; round++) {
        await Promise.all(
          requests.map(async (request, index) => {
            await request.send([`${round}`, `${index}`])
            expect(texts(await request.receive())).toEqual([`${round}`, `${index}`])
          }),
        )
      }
      for (const reply of replies) await reply.close()
      await Promise.all(served)
      await stop(running)
    })

    it('streams tasks one way: PULL to PUSH', async () => {
      const running = await start(stage.open('Pull'), stage.open('Push'))
      const [push] = await stage.farPeers('Push', 1, running.front)
      const [pull] = await stage.farPeers('Pull', 1, running.back)
      const sending = push!.sendNumbers(0, 2500)
      expect(heads(await pull!.take(2500))).toEqual(numbers(0, 2500))
      await sending
      await stop(running)
    })

    it('forwards subscriptions and publications: XSUB to XPUB', async () => {
      const running = await start(stage.open('XSubscriber'), stage.open('XPublisher'))
      const [publisher] = await stage.farPeers('XPublisher', 1, running.front)
      const [subscriber] = await stage.farPeers('Subscriber', 1, running.back)
      await subscriber!.subscribe('A')
      expect(heads([await publisher!.receive()])).toEqual(['\u0001A'])
      await publisher!.send('B')
      await publisher!.send(['A', 'body'])
      expect(texts(await subscriber!.receive())).toEqual(['A', 'body'])
      await subscriber!.unsubscribe('A')
      expect(heads([await publisher!.receive()])).toEqual(['\u0000A'])
      await stop(running)
    })

    it('keeps what waits while it is paused, and hands it on when resumed', async () => {
      const running = await start(stage.open('Pull'), stage.open('Push'))
      const [push] = await stage.farPeers('Push', 1, running.front)
      const [pull] = await stage.farPeers('Pull', 1, running.back)
      await push!.send('before')
      expect(texts(await pull!.receive())).toEqual(['before'])
      running.proxy.pause()
      await eventLoopTurns()
      await push!.send('meanwhile')
      const receiving = watch(pull!.receive())
      await eventLoopTurns()
      expect(receiving.state).toBe('pending')
      running.proxy.resume()
      expect(texts(await receiving.promise)).toEqual(['meanwhile'])
      await stop(running)
    })

    it('makes senders wait while its receivers are full', async () => {
      const running = await start(
        stage.open('Pull', { receiveHighWaterMark: 1 }),
        stage.open('Push', { sendHighWaterMark: 1 }),
      )
      const [push] = await stage.farPeers('Push', 1, running.front, { sendHighWaterMark: 1 })
      const [pull] = await stage.farPeers('Pull', 1, running.back, { receiveHighWaterMark: 1 })
      const sending = watch(push!.sendNumbers(0, 50))
      await eventLoopTurns()
      if (subject.features.exactHighWaterMark) expect(sending.state).toBe('pending')
      expect(heads(await pull!.take(50))).toEqual(numbers(0, 50))
      await sending.promise
      await stop(running)
    })

    it('ends when told to, and closes both sockets', async () => {
      const running = await start(stage.open('Router'), stage.open('Dealer'))
      expect([running.proxy.frontEnd.closed, running.proxy.backEnd.closed]).toEqual([false, false])
      await stop(running)
      expect([running.proxy.frontEnd.closed, running.proxy.backEnd.closed]).toEqual([true, true])
      for (const call of ['pause', 'resume', 'terminate'] as const) {
        expect(thrownBy(() => running.proxy[call]())).toMatchObject(failures.closed)
      }
    })

    it('takes its sockets for itself while it runs', async () => {
      const router = stage.open('Router')
      const running = await start(router, stage.open('Dealer'))
      for (const call of [
        () => router.send(['a', 'b']),
        () => router.receive(),
        () => router.bind(stage.endpoint()),
        () => router.connect(stage.endpoint()),
      ]) {
        expect(thrownBy(call)).toMatchObject(failures.blocked)
      }
      await stop(running)
    })

    it('cannot be steered before it runs', () => {
      const proxy = new subject.zmq.Proxy(stage.open('Router'), stage.open('Dealer'))
      for (const call of ['pause', 'resume', 'terminate'] as const) {
        expect(thrownBy(() => proxy[call]())).toMatchObject(failures.closed)
      }
    })

    it('wants sockets that are bound or connected', async () => {
      const router = stage.open('Router')
      const dealer = stage.open('Dealer')
      const proxy = new subject.zmq.Proxy(router, dealer)
      const { code, errno } = failures.invalid
      expect(thrownBy(() => proxy.run())).toMatchObject({
        code,
        errno,
        message: 'Front-end socket must be bound or connected',
      })
      await router.bind(stage.endpoint())
      expect(thrownBy(() => proxy.run())).toMatchObject({
        code,
        errno,
        message: 'Back-end socket must be bound or connected',
      })
    })

    it('wants sockets', () => {
      const Untyped = subject.zmq.Proxy as unknown as new (...sockets: unknown[]) => Proxy
      const router = stage.open('Router')
      for (const [sockets, message] of [
        [[], 'Front-end must be a socket object'],
        [[1, router], 'Front-end must be a socket object'],
        [[router], 'Back-end must be a socket object'],
        [[router, 1], 'Back-end must be a socket object'],
      ] as const) {
        const error = thrownBy(() => new Untyped(...sockets))
        expect(error).toBeInstanceOf(TypeError)
        expect(error).toMatchObject({ message })
      }
    })
  })
}

/** Proxies that show a third socket everything they hand on. */
export function describeCapture(subject: Subject): void {
  describe('a proxy with a capture socket', () => {
    const stage = useStage(subject)

    it('sends every message there as well, in both directions', async () => {
      const [front, back, side] = [stage.endpoint(), stage.endpoint(), stage.endpoint()]
      const router = stage.open('Router')
      const dealer = stage.open('Dealer')
      const capture = stage.open('Push')
      await router.bind(front)
      await dealer.bind(back)
      await capture.bind(side)
      const [request] = await stage.farPeers('Request', 1, front, { routingId: 'asker' })
      const [reply] = await stage.farPeers('Reply', 1, back)
      const [witness] = await stage.farPeers('Pull', 1, side)
      const proxy = new subject.zmq.Proxy(router, dealer, capture)
      const ended = proxy.run()
      await request!.send('question')
      await reply!.receive()
      await reply!.send('answer')
      expect(texts(await request!.receive())).toEqual(['answer'])
      expect((await witness!.take(2)).map(texts)).toEqual([
        ['asker', '', 'question'],
        ['asker', '', 'answer'],
      ])
      proxy.terminate()
      await ended
    })

    it('may publish what it sees', async () => {
      const [front, back, side] = [stage.endpoint(), stage.endpoint(), stage.endpoint()]
      const frontEnd = stage.open('Pull')
      const backEnd = stage.open('Push')
      const capture = stage.open('Publisher')
      await frontEnd.bind(front)
      await backEnd.bind(back)
      await capture.bind(side)
      const [witness] = await stage.farPeers('Subscriber', 1, side)
      await witness!.subscribe('seen')
      await stage.hears(capture, witness!)
      const proxy = new subject.zmq.Proxy(frontEnd, backEnd, capture)
      const ended = proxy.run()
      const [push] = await stage.farPeers('Push', 1, front)
      const [pull] = await stage.farPeers('Pull', 1, back)
      await push!.send('unseen')
      await push!.send(['seen', 'body'])
      expect((await pull!.take(2)).map(texts)).toEqual([['unseen'], ['seen', 'body']])
      expect(texts(await witness!.receive())).toEqual(['seen', 'body'])
      proxy.terminate()
      await ended
    })

    it('wants that to be a socket, too', () => {
      const Untyped = subject.zmq.Proxy as unknown as new (...sockets: unknown[]) => Proxy
      const [router, dealer] = [stage.open('Router'), stage.open('Dealer')]
      expect(thrownBy(() => new Untyped(router, dealer, 1))).toBeInstanceOf(TypeError)
    })

    it('may hand messages back and forth on a single socket', async () => {
      const endpoint = stage.endpoint()
      const dealer = stage.open('Dealer')
      await dealer.bind(endpoint)
      const proxy = new subject.zmq.Proxy(dealer, dealer)
      const ended = proxy.run()
      const [other] = await stage.farPeers('Dealer', 1, endpoint)
      await other!.send('echo')
      expect((await take(other!, 1)).map(texts)).toEqual([['echo']])
      proxy.terminate()
      await ended
    })
  })
}
