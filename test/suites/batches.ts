import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { failureOf, failures, thrownBy } from '../support/suiteErrors.ts'
import { itWith, heads, numbers, takeNote, texts, useStage, watch } from '../support/suiteStage.ts'
import type { Pull } from '../support/suiteApi.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** Many messages in one call. */
export function describeBatches(subject: Subject): void {
  describe('`sendMany`', () => {
    const stage = useStage(subject)
    const itExact = itWith(subject, 'exactHighWaterMark')

    it('sends messages in their order', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      await push.sendMany(numbers(0, 500))
      push.sendManySync(numbers(500, 900))
      await push.sendMany([])
      push.sendManySync([])
      await push.send('end')
      expect(heads(await pull.take(901))).toEqual([...numbers(0, 900), 'end'])
    })

    it('takes messages of every kind', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      await push.sendMany([
        'a',
        null,
        3,
        Buffer.from('b'),
        ['c', 'd'],
        ['', ''],
        Buffer.alloc(20_000),
      ])
      const received = await pull.take(7)
      expect(received.slice(0, 6).map(texts)).toEqual([
        ['a'],
        [''],
        ['3'],
        ['b'],
        ['c', 'd'],
        ['', ''],
      ])
      expect(received[6]![0]).toHaveLength(20_000)
    })

    it('waits for room at the high-water mark, and loses nothing', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 5 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 5 })
      push.connect(endpoint)
      const sending = watch(push.sendMany(numbers(0, 1000)))
      if (subject.features.exactHighWaterMark) expect(sending.state).toBe('pending')
      expect(heads(await pull.take(1000))).toEqual(numbers(0, 1000))
      await sending.promise
    })

    it('waits for somebody to send to', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push')
      await push.bind(endpoint)
      const sending = push.sendMany(['1', '2'])
      expect(thrownBy(() => push.sendMany(['3']))).toMatchObject(failures.busyWriting)
      expect(thrownBy(() => push.send('3'))).toMatchObject(failures.busyWriting)
      const [pull] = await stage.farPeers('Pull', 1, endpoint)
      expect(heads(await pull!.take(2))).toEqual(['1', '2'])
      await sending
    })

    it('gives each peer its turn', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push')
      await push.bind(endpoint)
      const pulls = await stage.farPeers('Pull', 2, endpoint)
      takeNote(push)
      await push.sendMany(numbers(0, 20))
      const shares = await Promise.all(pulls.map(async (pull) => heads(await pull.take(10))))
      expect(
        shares
          .flat()
          .map(Number)
          .sort((a, b) => a - b),
      ).toEqual(numbers(0, 20).map(Number))
    })

    itExact(
      'says EAGAIN when there is no room in time; what was taken is a beginning',
      async () => {
        const endpoint = stage.endpoint()
        const pull = await stage.far('Pull', { receiveHighWaterMark: 5 })
        await pull.bind(endpoint)
        const push = stage.open('Push', { sendHighWaterMark: 5, sendTimeout: 0 })
        push.connect(endpoint)
        await expect(push.sendMany(numbers(0, 20))).rejects.toMatchObject(failures.again)
        expect(heads(await pull.take(10))).toEqual(numbers(0, 10))
        takeNote(push)
        expect(thrownBy(() => push.sendManySync(numbers(20, 40), { timeout: 0 }))).toMatchObject(
          failures.again,
        )
        expect(heads(await pull.take(10))).toEqual(numbers(20, 30))
      },
    )

    it('publishes each message to those who want it', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher')
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('Subscriber', 1, endpoint)
      await subscriber!.subscribe('A')
      await publisher.receive()
      await publisher.sendMany(['B', 'A1', ['B', 'A'], ['A2', 'body']])
      expect((await subscriber!.take(2)).map(texts)).toEqual([['A1'], ['A2', 'body']])
    })

    it('gives each message of a SERVER or a RADIO its own target', async () => {
      const [asking, listening] = [stage.endpoint(), stage.endpoint()]
      const server = stage.open('Server')
      await server.bind(asking)
      const [client] = await stage.farPeers('Client', 1, asking)
      await client!.send('question')
      const [, { routingId }] = await server.receive()
      await server.sendMany([
        ['1', { routingId }],
        ['2', { routingId }],
      ])
      expect(heads(await client!.take(2))).toEqual(['1', '2'])
      const radio = stage.open('Radio')
      await radio.bind(listening)
      const [dish] = await stage.farPeers('Dish', 1, listening)
      await dish!.join('A')
      await stage.hears(radio, dish!)
      await radio.sendMany([
        ['unheard', { group: 'B' }],
        ['heard', { group: 'A' }],
      ])
      expect(heads([await dish!.receive()])).toEqual(['heard'])
    })

    it('checks its messages before it sends any', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      const push = stage.open('Push')
      push.connect(endpoint)
      const wrong = ['a', Symbol('s')] as unknown as string[]
      expect(await failureOf(() => push.sendMany(wrong))).toBeInstanceOf(TypeError)
      expect(await failureOf(() => push.sendMany('ab' as unknown as string[]))).toBeInstanceOf(
        TypeError,
      )
      await push.send('end')
      expect(texts(await pull.receive())).toEqual(['end'])
    })
  })

  describeReceiveMany(subject)
}

function describeReceiveMany(subject: Subject): void {
  describe('`receiveMany`', () => {
    const stage = useStage(subject)
    const itInproc = itWith(subject, 'inproc')
    const itThreads = itWith(subject, 'threads')

    /** A PULL with this many messages waiting, or on their way. */
    const filled = async (count: number): Promise<Pull> => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull', { receiveHighWaterMark: 0 })
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.sendNumbers(0, count)
      return pull
    }

    it('gives messages in their order, and none twice', async () => {
      const pull = await filled(3000)
      const received: string[] = []
      while (received.length < 3000) {
        const batch = await pull.receiveMany()
        expect(batch.length).toBeGreaterThan(0)
        received.push(...heads(batch))
      }
      expect(received).toEqual(numbers(0, 3000))
    })

    // What was sent has to be there already, all of it.
    itInproc('gives all there are', async () => {
      const pull = await filled(700)
      expect(heads(await pull.receiveMany())).toEqual(numbers(0, 700))
      const pull2 = await filled(700)
      expect(heads(pull2.receiveManySync())).toEqual(numbers(0, 700))
    })

    // What was sent has to be there already, all of it.
    itInproc('gives at most 1024, or as many as it is told', async () => {
      const pull = await filled(1500)
      expect(await pull.receiveMany()).toHaveLength(1024)
      expect(await pull.receiveMany({ max: 100 })).toHaveLength(100)
      expect(pull.receiveManySync({ max: 1 })).toHaveLength(1)
      expect(heads(pull.receiveManySync({ max: 5000 }))).toEqual(numbers(1125, 1500))
    })

    // What was sent has to be there already, all of it.
    itInproc('takes from all peers in turn', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const pushes = await stage.farPeers('Push', 3, endpoint)
      for (const push of pushes) await push.sendNumbers(0, 100)
      const batch = heads(await pull.receiveMany())
      expect(batch).toHaveLength(300)
      for (const number of numbers(0, 100)) {
        expect(batch.filter((text) => text === number)).toHaveLength(3)
      }
    })

    it('waits for the first message only', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const receiving = watch(pull.receiveMany({ max: 100 }))
      expect(receiving.state).toBe('pending')
      expect(thrownBy(() => pull.receive())).toMatchObject(failures.busyReading)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(heads(await receiving.promise)).toEqual(['x'])
    })

    it('says EAGAIN after its timeout when there is none', async () => {
      const pull = stage.open('Pull', { receiveTimeout: 0 })
      await expect(pull.receiveMany()).rejects.toMatchObject(failures.again)
      expect(thrownBy(() => pull.receiveManySync())).toMatchObject(failures.again)
      const start = performance.now()
      expect(thrownBy(() => pull.receiveManySync({ timeout: 30 }))).toMatchObject(failures.again)
      expect(performance.now() - start).toBeGreaterThanOrEqual(28)
    })

    it('ends with EAGAIN when the socket is closed', async () => {
      const pull = stage.open('Pull')
      const receiving = pull.receiveMany()
      pull.close()
      await expect(receiving).rejects.toMatchObject(failures.again)
    })

    it('keeps messages of several frames whole', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      for (let count = 1; count <= 10; count++) {
        await push!.send(Array.from({ length: count }, () => String(count)))
      }
      const received: string[][] = []
      while (received.length < 10) received.push(...(await pull.receiveMany({ max: 3 })).map(texts))
      for (const [index, message] of received.entries()) {
        expect(message).toEqual(Array.from({ length: index + 1 }, () => String(index + 1)))
      }
    })

    it('makes room for the sender', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull', { receiveHighWaterMark: 10 })
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint, { sendHighWaterMark: 10 })
      const sending = push!.sendNumbers(0, 2000)
      const received: string[] = []
      while (received.length < 2000) received.push(...heads(await pull.receiveMany()))
      expect(received).toEqual(numbers(0, 2000))
      await sending
    })

    it('gives one message at a time where the pattern allows no more', async () => {
      const endpoint = stage.endpoint()
      const reply = stage.open('Reply')
      await reply.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint)
      for (const number of numbers(0, 3)) await dealer!.send(['', number])
      for (const number of numbers(0, 3)) {
        const batch = await reply.receiveMany()
        expect(batch.map(texts)).toEqual([[number]])
        await reply.send(number)
      }
    })

    it('refuses a count that is none', () => {
      const pull = stage.open('Pull')
      for (const max of [0, -1, 1.5, Number.NaN, '3' as unknown as number]) {
        expect(thrownBy(() => pull.receiveManySync({ max, timeout: 0 }))).not.toMatchObject(
          failures.again,
        )
      }
    })

    itThreads('blocks until another thread sends', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      const sending = push!.sendNumbers(0, 5000)
      const received: string[] = []
      while (received.length < 5000)
        received.push(...heads(pull.receiveManySync({ timeout: 30_000 })))
      expect(received).toEqual(numbers(0, 5000))
      await sending
    })
  })
}
