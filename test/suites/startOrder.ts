import { describe, expect, it } from 'vitest'
import { itWith, heads, numbers, take, texts, useStage, watch } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** The parts of a program may start in any order, and in any number. */
export function describeStartOrder(subject: Subject): void {
  describe('connecting before anybody has bound', () => {
    const stage = useStage(subject)
    const itInproc = itWith(subject, 'inproc')

    it('queues messages for the peer to come', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push')
      push.connect(endpoint)
      expect(push.writable).toBe(true)
      for (const number of numbers(0, 100)) await push.send(number)
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      expect(heads(await pull.take(100))).toEqual(numbers(0, 100))
    })

    it('lets a receiver wait for the peer to come', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      pull.connect(endpoint)
      const receiving = watch(pull.receive())
      const push = await stage.far('Push')
      await push.bind(endpoint)
      expect(receiving.state).toBe('pending')
      await push.send('x')
      expect(texts(await receiving.promise)).toEqual(['x'])
    })

    it('works for many at once', async () => {
      const endpoint = stage.endpoint()
      const pushes = await stage.farPeers('Push', 50, endpoint)
      for (const [index, push] of pushes.entries()) await push.send([String(index), 'tail'])
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const received = await take(pull, 50)
      expect(received.map((message) => String(message[1]))).toEqual(
        Array.from({ length: 50 }, () => 'tail'),
      )
      expect(
        heads(received)
          .map(Number)
          .sort((a, b) => a - b),
      ).toEqual(numbers(0, 50).map(Number))
    })

    it('may be undone: the binder hears nothing', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push')
      push.connect(endpoint)
      push.disconnect(endpoint)
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      push.connect(endpoint)
      await push.send('only this')
      expect(texts(await pull.receive())).toEqual(['only this'])
    })

    it('works for both sides of a request', async () => {
      const endpoint = stage.endpoint()
      const request = stage.open('Request')
      request.connect(endpoint)
      await request.send('question')
      const reply = await stage.far('Reply')
      await reply.bind(endpoint)
      expect(texts(await reply.receive())).toEqual(['question'])
      await reply.send('answer')
      expect(texts(await request.receive())).toEqual(['answer'])
    })

    it('delivers a subscription when the publisher binds', async () => {
      const endpoint = stage.endpoint()
      const subscriber = stage.open('Subscriber')
      subscriber.connect(endpoint)
      subscriber.subscribe('A')
      const publisher = await stage.far('XPublisher')
      await publisher.bind(endpoint)
      expect(heads([await publisher.receive()])).toEqual(['\u0001A'])
      await publisher.send('A')
      expect(texts(await subscriber.receive())).toEqual(['A'])
    })

    // Over inproc libzmq does not look at this option either: a name is not a network.
    itInproc('queues even with `immediate`', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push', { immediate: true, sendTimeout: 0 })
      push.connect(endpoint)
      await push.send('x')
      const pull = await stage.far('Pull')
      await pull.bind(endpoint)
      expect(texts(await pull.receive())).toEqual(['x'])
    })
  })

  describe('many to many', () => {
    const stage = useStage(subject)

    it('connects every sender to every receiver', async () => {
      const endpoints = [stage.endpoint(), stage.endpoint(), stage.endpoint()]
      const pulls = []
      for (const endpoint of endpoints) {
        const pull = stage.open('Pull')
        await pull.bind(endpoint)
        pulls.push(pull)
      }
      for (let index = 0; index < 4; index++) {
        const push = await stage.far('Push')
        for (const endpoint of endpoints) await push.connect(endpoint)
        await push.sendNumbers(index * 30, 30)
      }
      const shares = await Promise.all(pulls.map(async (pull) => heads(await take(pull, 40))))
      expect(
        shares
          .flat()
          .map(Number)
          .sort((a, b) => a - b),
      ).toEqual(numbers(0, 120).map(Number))
    })

    it('runs a pipeline: a ventilator, workers and a sink, started in any order', async () => {
      const [tasks, results] = [stage.endpoint(), stage.endpoint()]
      const pulls = [1, 2, 3].map(() => stage.open('Pull'))
      const workers = pulls.map((pull) => {
        const push = stage.open('Push')
        pull.connect(tasks)
        push.connect(results)
        return work(pull, push)
      })
      const ventilator = await stage.far('Push')
      await ventilator.bind(tasks)
      const sending = ventilator.sendNumbers(0, 99)
      const sink = await stage.far('Pull')
      await sink.bind(results)
      const squares = heads(await sink.take(99)).map(Number)
      await sending
      expect(squares.sort((a, b) => a - b)).toEqual(numbers(0, 99).map((text) => Number(text) ** 2))
      for (const pull of pulls) pull.close()
      await Promise.all(workers)
    })
  })
}

/** Squares numbers until its source is closed. */
async function work(
  pull: AsyncIterable<Buffer[], undefined>,
  push: { send(text: string): Promise<void> },
): Promise<void> {
  for await (const [task] of pull) await push.send(String(Number(String(task)) ** 2))
}
