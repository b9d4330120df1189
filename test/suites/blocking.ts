import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { failureOf, failures, thrownBy } from '../support/suiteErrors.ts'
import { itWith, heads, numbers, takeNote, texts, useStage, watch } from '../support/suiteStage.ts'
import type { Readable, Writable } from '../support/suiteApi.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** Ends a test that would block for ever. */
const guard = { timeout: 30_000 }

/** Calls that block the thread, as those of C do. */
export function describeBlocking(subject: Subject): void {
  describe('`sendSync` and `receiveSync`', () => {
    const stage = useStage(subject)
    const itBlocking = itWith(subject, 'blocking')

    itBlocking('move a message within one thread', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      push.sendSync('one')
      push.sendSync(['two', 'frames'])
      expect(texts(pull.receiveSync(guard))).toEqual(['one'])
      expect(texts(pull.receiveSync(guard))).toEqual(['two', 'frames'])
    })

    it('give up at once with a timeout of 0', () => {
      const pair = stage.open('Pair')
      expect(thrownBy(() => pair.receiveSync({ timeout: 0 }))).toMatchObject(failures.again)
      expect(thrownBy(() => pair.sendSync('x', { timeout: 0 }))).toMatchObject(failures.again)
    })

    it('give up after their timeout, and not before', () => {
      const pair = stage.open('Pair')
      for (const call of [
        () => pair.receiveSync({ timeout: 40 }),
        () => pair.sendSync('x', { timeout: 40 }),
      ]) {
        const start = performance.now()
        expect(thrownBy(call)).toMatchObject(failures.again)
        expect(performance.now() - start).toBeGreaterThanOrEqual(38)
      }
    })

    it('have the timeouts of the socket unless they are given others', () => {
      const pair = stage.open('Pair', { receiveTimeout: 0, sendTimeout: 0 })
      expect(thrownBy(() => pair.receiveSync())).toMatchObject(failures.again)
      expect(thrownBy(() => pair.sendSync('x'))).toMatchObject(failures.again)
      const start = performance.now()
      expect(thrownBy(() => pair.receiveSync({ timeout: 20 }))).toMatchObject(failures.again)
      expect(performance.now() - start).toBeGreaterThanOrEqual(18)
    })

    itBlocking('may be mixed with promises: the order stays', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      for (let number = 0; number < 100; number += 2) {
        await push.send(String(number))
        push.sendSync(String(number + 1))
      }
      const received: string[] = []
      for (let number = 0; number < 100; number += 2) {
        received.push(...heads([pull.receiveSync(guard), await pull.receive()]))
      }
      expect(received).toEqual(numbers(0, 100))
    })

    it('are refused with EBUSY while a promise waits for the same', () => {
      const pair = stage.open('Pair')
      const pending = [watch(pair.receive()), watch(pair.send('x'))]
      expect(thrownBy(() => pair.receiveSync({ timeout: 0 }))).toMatchObject({ code: 'EBUSY' })
      expect(thrownBy(() => pair.sendSync('y', { timeout: 0 }))).toMatchObject({ code: 'EBUSY' })
      expect(pending.map(({ state }) => state)).toEqual(['pending', 'pending'])
    })

    it('say what is wrong at once, without waiting', () => {
      const start = performance.now()
      const request = stage.open('Request')
      expect(thrownBy(() => request.receiveSync(guard))).toMatchObject(failures.wrongState)
      const reply = stage.open('Reply')
      expect(thrownBy(() => reply.sendSync('x', guard))).toMatchObject(failures.wrongState)
      const subscriber = stage.open('Subscriber') as unknown as Writable
      expect(thrownBy(() => subscriber.sendSync('x', guard))).toMatchObject(failures.notSupported)
      const publisher = stage.open('Publisher') as unknown as Readable
      expect(thrownBy(() => publisher.receiveSync(guard))).toMatchObject(failures.notSupported)
      const pair = stage.open('Pair')
      pair.close()
      expect(thrownBy(() => pair.receiveSync(guard))).toMatchObject(failures.closed)
      expect(thrownBy(() => pair.sendSync('x', guard))).toMatchObject(failures.closed)
      expect(performance.now() - start).toBeLessThan(guard.timeout / 2)
    })

    it('say EHOSTUNREACH at once for a ROUTER that must reach its peer', async () => {
      const router = stage.open('Router', { mandatory: true })
      await router.bind(stage.endpoint())
      expect(thrownBy(() => router.sendSync(['nobody', 'x'], guard))).toMatchObject(
        failures.unreachable,
      )
    })

    it('send nothing for an empty array', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      push.sendSync([])
      push.sendSync('x')
      expect(texts(await pull.receive())).toEqual(['x'])
    })

    it('refuse wrong timeouts', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      await push.send('x')
      for (const timeout of [-2, Number.NaN, 'x' as unknown as number]) {
        expect(thrownBy(() => push.sendSync('y', { timeout }))).toBeInstanceOf(Error)
        expect(thrownBy(() => pull.receiveSync({ timeout }))).toBeInstanceOf(Error)
      }
      expect(texts(await pull.receive())).toEqual(['x'])
    })

    itBlocking('carry the numbers and groups of the newer types', async () => {
      const endpoint = stage.endpoint()
      const server = stage.open('Server')
      await server.bind(endpoint)
      const client = stage.open('Client')
      client.connect(endpoint)
      client.sendSync('question')
      const [question, { routingId }] = server.receiveSync(guard)
      expect(String(question)).toBe('question')
      server.sendSync('answer', { routingId })
      expect(heads([client.receiveSync(guard)])).toEqual(['answer'])
      const [group, radio, dish] = [stage.endpoint(), stage.open('Radio'), stage.open('Dish')]
      await radio.bind(group)
      dish.join('A')
      dish.connect(group)
      await stage.hears(radio, dish)
      radio.sendSync('x', { group: 'A' })
      const [message, options] = dish.receiveSync(guard)
      expect([String(message), String(options.group)]).toEqual(['x', 'A'])
    })
  })

  if (subject.features.threads) describeBlockedThread(subject)
}

/** What only another thread can end. */
function describeBlockedThread(subject: Subject): void {
  describe('a blocked thread', () => {
    const stage = useStage(subject)
    const itImmediate = itWith(subject, 'immediate')

    it('receives what another one sends meanwhile', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      const sending = push!.send('x')
      expect(texts(pull.receiveSync(guard))).toEqual(['x'])
      await sending
    })

    it('receives a flood in order', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      const sending = push!.sendNumbers(0, 20_000)
      const received: string[] = []
      while (received.length < 20_000) received.push(String(pull.receiveSync(guard)[0]))
      expect(received).toEqual(numbers(0, 20_000))
      await sending
    })

    it('goes on sending when another one has made room', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push', { sendHighWaterMark: 2 })
      await push.bind(endpoint)
      const [pull] = await stage.farPeers('Pull', 1, endpoint, { receiveHighWaterMark: 2 })
      const receiving = pull!.take(5000)
      for (const number of numbers(0, 5000)) push.sendSync(number, guard)
      expect(heads(await receiving)).toEqual(numbers(0, 5000))
    })

    it('sends as soon as another one connects', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push')
      await push.bind(endpoint)
      const pull = await stage.far('Pull')
      const connecting = pull.connect(endpoint)
      push.sendSync('to the one that connects', guard)
      await connecting
      expect(texts(await pull.receive())).toEqual(['to the one that connects'])
    })

    // Only where binding is done at once can the other be told, in advance, to send behind it.
    itImmediate('receives as soon as another one binds', async () => {
      const endpoint = stage.endpoint()
      const other = stage.open('Pull')
      other.connect(endpoint)
      const farPush = await stage.far('Push')
      const binding = farPush.bind(endpoint)
      const sending = farPush.send('from the one that binds')
      expect(texts(other.receiveSync(guard))).toEqual(['from the one that binds'])
      await Promise.all([binding, sending])
    })

    it('asks and is answered, over and over', async () => {
      const endpoint = stage.endpoint()
      const reply = await stage.far('Reply')
      await reply.bind(endpoint)
      const done = reply.echo()
      const request = stage.open('Request')
      request.connect(endpoint)
      for (const number of numbers(0, 1000)) {
        request.sendSync(number)
        expect(texts(request.receiveSync(guard))).toEqual([number])
      }
      await reply.close()
      await done
    })

    it('hears the subscriptions of others', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher')
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('Subscriber', 1, endpoint)
      const subscribing = subscriber!.subscribe('A')
      expect(heads([publisher.receiveSync(guard)])).toEqual(['\u0001A'])
      await subscribing
      publisher.sendSync('B')
      publisher.sendSync('A')
      expect(texts(await subscriber!.receive())).toEqual(['A'])
    })

    it('moves large messages', async () => {
      const endpoint = stage.endpoint()
      const pair = stage.open('Pair')
      await pair.bind(endpoint)
      const [other] = await stage.farPeers('Pair', 1, endpoint)
      const echoing = other!.echo()
      takeNote(pair)
      for (const size of [100_000, 5_000_000]) {
        const bytes = Buffer.alloc(size, 'large')
        pair.sendSync(bytes)
        const [frame] = pair.receiveSync(guard)
        expect([frame!.length, bytes.equals(frame!)]).toEqual([size, true])
      }
      await other!.close()
      await echoing
    })

    it('is told when the only peer of a REQ that must answer has gone: it times out', async () => {
      const endpoint = stage.endpoint()
      const reply = await stage.far('Reply')
      await reply.bind(endpoint)
      const request = stage.open('Request')
      request.connect(endpoint)
      request.sendSync('question')
      await reply.close()
      const failure = await failureOf(() => request.receiveSync({ timeout: 10 }))
      expect(failure).toMatchObject(failures.again)
    })
  })
}
