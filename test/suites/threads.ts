import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { failures } from '../support/suiteErrors.ts'
import { heads, itWith, numbers, take, takeNote, texts, useStage } from '../support/suiteStage.ts'
import type { FarThread, Subject } from '../support/suiteSubject.ts'

/** Threads that find each other with nothing handed over, come, work together and go. */
export function describeThreads(subject: Subject): void {
  const startThread = subject.startThread
  if (startThread === undefined) return

  describe('threads', () => {
    const stage = useStage(subject)
    const itInproc = itWith(subject, 'inproc')
    const itExact = itWith(subject, 'exactHighWaterMark')
    const threads: FarThread[] = []
    const start = async (): Promise<FarThread> => {
      const thread = await startThread()
      threads.push(thread)
      return thread
    }
    afterEach(async () => {
      await Promise.all(threads.splice(0).map((thread) => thread.terminate()))
    })

    it('find an endpoint by its name alone, even those that are made of a text', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const worker = new Worker(
        `const { workerData } = require('node:worker_threads')
         import(workerData.module).then(({ Push }) => {
           const push = new Push()
           push.connect(workerData.endpoint)
           push.sendSync('from a text')
           push.close()
         })`,
        { eval: true, workerData: { module: subject.module, endpoint } },
      )
      const ended = once(worker, 'exit')
      expect(texts(await pull.receive())).toEqual(['from a text'])
      await ended
    })

    it('talk to each other directly', async () => {
      const endpoint = stage.endpoint()
      const [one, two] = await Promise.all([start(), start()])
      const request = await one.open('Request')
      const reply = await two.open('Reply')
      await request.connect(endpoint)
      await request.send('question')
      await reply.bind(endpoint)
      expect(texts(await reply.receive())).toEqual(['question'])
      await reply.send('answer')
      expect(texts(await request.receive())).toEqual(['answer'])
    })

    it('send to one socket all at once, and nothing is lost or mixed up', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const senders = await Promise.all([start(), start(), start()])
      const sending = senders.map(async (thread, index) => {
        const push = await thread.open('Push')
        await push.connect(endpoint)
        await push.sendNumbers(index * 10_000, 5000)
      })
      const received = heads(await take(pull, 15_000)).map(Number)
      await Promise.all(sending)
      for (const index of senders.keys()) {
        const share = received.filter((number) => Math.floor(number / 10_000) === index)
        expect(share.map(String)).toEqual(numbers(index * 10_000, index * 10_000 + 5000))
      }
    })

    // Over a wire it has to leave the process first, and the thread is not asked to wait for that.
    itInproc('that end leave what they had sent', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const thread = await start()
      const push = await thread.open('Push')
      await push.connect(endpoint)
      await push.sendNumbers(0, 100)
      await thread.terminate()
      expect(heads(await take(pull, 100))).toEqual(numbers(0, 100))
    })

    it('that end give their endpoints back', async () => {
      const endpoint = stage.endpoint()
      const thread = await start()
      const far = await thread.open('Pull')
      await far.bind(endpoint)
      await thread.terminate()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(texts(await pull.receive())).toEqual(['x'])
    })

    it('that end are no longer given their turn', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push')
      await push.bind(endpoint)
      const thread = await start()
      const leaving = await thread.open('Pull')
      await leaving.connect(endpoint)
      await stage.meets(push, 1, endpoint)
      const [staying] = await stage.farPeers('Pull', 1, endpoint)
      takeNote(push)
      await thread.terminate()
      await stage.loses(push, 1, endpoint)
      for (const number of numbers(0, 10)) await push.send(number)
      expect(heads(await staying!.take(10))).toEqual(numbers(0, 10))
    })

    // Over a wire the queue that is full outlives the peer, for the one who may come in its place.
    itExact('that end free a sender that waits for them alone', async () => {
      const [one, two] = [stage.endpoint(), stage.endpoint()]
      const push = stage.open('Push', { sendHighWaterMark: 1 })
      const thread = await start()
      const stuck = await thread.open('Pull', { receiveHighWaterMark: 1 })
      await stuck.bind(one)
      push.connect(one)
      await push.send('lost')
      await push.send('lost')
      const sending = push.send('saved')
      await thread.terminate()
      push.connect(two)
      const pull = await stage.far('Pull')
      await pull.bind(two)
      expect(texts(await pull.receive())).toEqual(['saved'])
      await sending
    })

    it('that end are unreachable for a ROUTER that must reach its peers', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { mandatory: true, sendTimeout: 0 })
      await router.bind(endpoint)
      const thread = await start()
      const dealer = await thread.open('Dealer', { routingId: 'anna' })
      await dealer.connect(endpoint)
      await dealer.send('hello')
      expect(texts(await router.receive())).toEqual(['anna', 'hello'])
      await thread.terminate()
      await stage.loses(router, 1, endpoint)
      await expect(router.send(['anna', 'x'])).rejects.toMatchObject(failures.unreachable)
    })

    it('that end cancel their subscriptions', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('XPublisher')
      await publisher.bind(endpoint)
      const thread = await start()
      const subscriber = await thread.open('Subscriber')
      await subscriber.subscribe('A')
      await subscriber.connect(endpoint)
      expect(heads([await publisher.receive()])).toEqual(['\u0001A'])
      const receiving = publisher.receive()
      await thread.terminate()
      expect(heads([await receiving])).toEqual(['\u0000A'])
    })

    it('that end in the middle of a flood lose nothing that was complete', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull', { receiveTimeout: 0, receiveHighWaterMark: 0 })
      await pull.bind(endpoint)
      const thread = await start()
      const push = await thread.open('Push', { sendHighWaterMark: 0 })
      await push.connect(endpoint)
      const sending = push.sendNumbers(0, 1_000_000).catch((error: unknown) => error)
      pull.receiveTimeout = -1
      const received = heads(await take(pull, 1000))
      await thread.terminate()
      await sending
      pull.receiveTimeout = 0
      for (let ended = false; !ended;) {
        await pull.receiveMany().then(
          (messages) => void received.push(...heads(messages)),
          () => (ended = true),
        )
      }
      expect(received).toEqual(numbers(0, received.length))
    })
  })
}
