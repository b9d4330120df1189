import { describe, expect, it } from 'vitest'
import { failures, thrownBy } from '../support/suiteErrors.ts'
import {
  itWith,
  eventLoopTurns,
  heads,
  numbers,
  take,
  texts,
  useStage,
} from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** What closing a socket does to its messages, its peers and its waiting calls. */
export function describeClosing(subject: Subject): void {
  describe('closing', () => {
    const stage = useStage(subject)
    const itInproc = itWith(subject, 'inproc')

    it('happens at once, once and for all', () => {
      const pair = stage.open('Pair')
      expect(pair.closed).toBe(false)
      pair.close()
      expect(pair.closed).toBe(true)
      pair.close()
      expect([pair.closed, pair.readable, pair.writable]).toEqual([true, false, false])
    })

    // Over a wire the connection has to be made in this time.
    for (const linger of [-1, 30_000]) {
      it(`with linger ${linger} delivers what was sent before`, async () => {
        const endpoint = stage.endpoint()
        const pull = await stage.far('Pull')
        await pull.bind(endpoint)
        const push = stage.open('Push', { linger })
        push.connect(endpoint)
        for (const number of numbers(0, 500)) await push.send(number)
        push.close()
        expect(heads(await pull.take(500))).toEqual(numbers(0, 500))
      })
    }

    itInproc(
      'with linger 0 delivers it too: over inproc what was sent is already there',
      async () => {
        const endpoint = stage.endpoint()
        const pull = await stage.far('Pull')
        await pull.bind(endpoint)
        const push = stage.open('Push', { linger: 0 })
        push.connect(endpoint)
        for (const number of numbers(0, 500)) await push.send(number)
        push.close()
        expect(heads(await pull.take(500))).toEqual(numbers(0, 500))
      },
    )

    // A limited time may be over before a connection is made.
    for (const linger of [-1, 50]) {
      const itLasting = linger < 0 ? it : itInproc
      itLasting(`with linger ${linger} leaves messages to whoever binds later`, async () => {
        const endpoint = stage.endpoint()
        const push = stage.open('Push', { linger })
        push.connect(endpoint)
        await push.send('1')
        await push.send('2')
        push.close()
        await eventLoopTurns()
        const pull = await stage.far('Pull')
        await pull.bind(endpoint)
        expect(heads(await pull.take(2))).toEqual(['1', '2'])
      })
    }

    // libzmq leaves them here as well, though the option says otherwise.
    it('with linger 0 drops messages that nobody has bound for', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push', { linger: 0 })
      push.connect(endpoint)
      await push.send('dropped')
      push.close()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const [next] = await stage.farPeers('Push', 1, endpoint)
      await next!.send('kept')
      expect(texts(await pull.receive())).toEqual(['kept'])
    })

    it('delivers messages of every size from a socket that is gone', async () => {
      const endpoint = stage.endpoint()
      const push = await stage.far('Push')
      await push.connect(endpoint)
      const sizes = [0, 1, 100, 10_000, 100_000, 1_000_000]
      for (const size of sizes) await push.send(Buffer.alloc(size, 'x'))
      await push.close()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const received = await take(pull, sizes.length)
      expect(received.map(([frame]) => frame!.length)).toEqual(sizes)
    })

    // Over a wire the connection would be made again by itself, and carry what had not left.
    itInproc('drops what the closed socket had not read, and hurts nobody', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.sendNumbers(0, 100)
      pull.close()
      const next = stage.open('Pull')
      await next.bind(endpoint)
      await push!.connect(endpoint)
      await push!.get('writable')
      await push!.send('x')
      expect(texts(await next.receive())).toEqual(['x'])
    })

    it('ends a waiting receive with EAGAIN', async () => {
      const pull = stage.open('Pull')
      const receiving = pull.receive()
      pull.close()
      await expect(receiving).rejects.toMatchObject(failures.again)
    })

    it('ends a waiting send with EAGAIN, and does not send it', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push')
      await push.bind(endpoint)
      const sending = push.send('never')
      push.close()
      await expect(sending).rejects.toMatchObject(failures.again)
      const next = stage.open('Push')
      await next.bind(endpoint)
      const [pull] = await stage.farPeers('Pull', 1, endpoint)
      await next.send('x')
      expect(texts(await pull!.receive())).toEqual(['x'])
    })

    it('during a bind is done when the bind has ended', async () => {
      const pull = stage.open('Pull')
      const binding = pull.bind(stage.endpoint())
      pull.close()
      await binding
      expect(pull.closed).toBe(true)
    })

    it('forbids every later call', () => {
      const endpoint = stage.endpoint()
      const pair = stage.open('Pair')
      pair.close()
      for (const call of [
        () => pair.bind(endpoint),
        () => pair.bindSync(endpoint),
        () => pair.unbind(endpoint),
        () => pair.unbindSync(endpoint),
        () => pair.connect(endpoint),
        () => pair.disconnect(endpoint),
        () => pair.send('x'),
        () => pair.receive(),
      ]) {
        expect(thrownBy(call)).toMatchObject(failures.closed)
      }
    })

    it('forbids reading and setting options', () => {
      const pair = stage.open('Pair')
      pair.close()
      for (const call of [
        () => pair.linger,
        () => (pair.linger = 0),
        () => pair.type,
        () => pair.lastEndpoint,
        () => pair.sendHighWaterMark,
      ]) {
        expect(thrownBy(call)).toMatchObject(failures.notSocket)
      }
    })

    it('of one socket leaves others of the thread alone', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      const receiving = pull.receive()
      for (let count = 0; count < 50; count++) stage.open('Pair').close()
      await push!.send('x')
      expect(texts(await receiving)).toEqual(['x'])
    })
  })
}
