import { describe, expect, it } from 'vitest'
import { failures } from '../support/suiteErrors.ts'
import { itWith, heads, take, takeNote, texts, useStage } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** RFC 28/REQREP, the answering side. */
export function describeReply(subject: Subject): void {
  describe('REP', () => {
    const stage = useStage(subject)
    const itExact = itWith(subject, 'exactHighWaterMark')

    it('answers many clients, each with its own reply', async () => {
      const endpoint = stage.endpoint()
      const reply = stage.open('Reply')
      await reply.bind(endpoint)
      const requests = await stage.farPeers('Request', 10, endpoint)
      const answers = requests.map(async (request, index) => {
        await request.send(`question ${index}`)
        return String((await request.receive())[0])
      })
      for (let count = 0; count < 10; count++) {
        const [question] = await reply.receive()
        await reply.send(String(question).replace('question', 'answer'))
      }
      expect(await Promise.all(answers)).toEqual(requests.map((_, index) => `answer ${index}`))
    })

    it('takes one request from each client in turn', async () => {
      const endpoint = stage.endpoint()
      const reply = stage.open('Reply')
      await reply.bind(endpoint)
      const dealers = await stage.farPeers('Dealer', 3, endpoint)
      for (const [index, dealer] of dealers.entries()) {
        for (let count = 0; count < 2; count++) await dealer.send(['', String(index)])
      }
      const order: string[] = []
      for (let count = 0; count < 6; count++) {
        order.push(String((await reply.receive())[0]))
        await reply.send('done')
      }
      expect([...order].sort()).toEqual(['0', '0', '1', '1', '2', '2'])
      if (subject.features.inproc) expect(new Set(order.slice(0, 3)).size).toBe(3)
    })

    it('keeps the envelope of a request and puts it before the reply', async () => {
      const endpoint = stage.endpoint()
      const reply = stage.open('Reply')
      await reply.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint)
      await dealer!.send(['X', 'Y', '', 'A', 'B'])
      expect(texts(await reply.receive())).toEqual(['A', 'B'])
      await reply.send(['C', 'D'])
      expect(texts(await dealer!.receive())).toEqual(['X', 'Y', '', 'C', 'D'])
    })

    it('ends the envelope at the first empty frame', async () => {
      const endpoint = stage.endpoint()
      const reply = stage.open('Reply')
      await reply.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint)
      await dealer!.send(['X', '', '', 'A', ''])
      expect(texts(await reply.receive())).toEqual(['', 'A', ''])
      await reply.send('B')
      expect(texts(await dealer!.receive())).toEqual(['X', '', 'B'])
    })

    it('ignores a request without an empty frame', async () => {
      const endpoint = stage.endpoint()
      const reply = stage.open('Reply')
      await reply.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint)
      await dealer!.send('no envelope')
      await dealer!.send(['no', 'empty', 'frame'])
      await dealer!.send(['', 'good'])
      expect(texts(await reply.receive())).toEqual(['good'])
      await reply.send('fine')
      expect(texts(await dealer!.receive())).toEqual(['', 'fine'])
    })

    it('refuses to send before it has received', async () => {
      const reply = stage.open('Reply', { sendTimeout: 0 })
      await expect(reply.send('unasked')).rejects.toMatchObject(failures.wrongState)
    })

    it('refuses to receive before it has answered', async () => {
      const endpoint = stage.endpoint()
      const reply = stage.open('Reply')
      await reply.bind(endpoint)
      const requests = await stage.farPeers('Request', 2, endpoint)
      for (const request of requests) await request.send('question')
      await reply.receive()
      reply.receiveTimeout = 0
      await expect(reply.receive()).rejects.toMatchObject(failures.wrongState)
      reply.receiveTimeout = -1
      await reply.send('answer')
      expect(texts(await reply.receive())).toEqual(['question'])
    })

    it('refuses a second answer to one request', async () => {
      const endpoint = stage.endpoint()
      const reply = stage.open('Reply', { sendTimeout: 0 })
      await reply.bind(endpoint)
      const [request] = await stage.farPeers('Request', 1, endpoint)
      await request!.send('question')
      await reply.receive()
      await reply.send('answer')
      await expect(reply.send('again')).rejects.toMatchObject(failures.wrongState)
    })

    it('drops the answer when the client has gone, and serves the next', async () => {
      const endpoint = stage.endpoint()
      const reply = stage.open('Reply')
      await reply.bind(endpoint)
      const [leaving, staying] = await stage.farPeers('Request', 2, endpoint)
      await leaving!.send('question')
      expect(texts(await reply.receive())).toEqual(['question'])
      await leaving!.close()
      await reply.send('nobody hears this')
      await staying!.send('next')
      expect(texts(await reply.receive())).toEqual(['next'])
      await reply.send('heard')
      expect(texts(await staying!.receive())).toEqual(['heard'])
    })

    itExact('drops the answer when the queue back to the client is full', async () => {
      const endpoint = stage.endpoint()
      const reply = stage.open('Reply', { sendHighWaterMark: 1 })
      await reply.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, { receiveHighWaterMark: 1 })
      for (let count = 0; count < 4; count++) {
        await dealer!.send(['', String(count)])
        await reply.receive()
        await reply.send(String(count))
      }
      const answers = await dealer!.take(2)
      expect(answers.map((answer) => String(answer[1]))).toEqual(['0', '1'])
      takeNote(reply)
      await dealer!.send(['', 'last'])
      await reply.receive()
      await reply.send('last')
      expect(texts(await dealer!.receive())).toEqual(['', 'last'])
    })

    it('serves any number of requests that wait before it binds', async () => {
      const endpoint = stage.endpoint()
      const requests = await stage.farPeers('Request', 20, endpoint)
      for (const [index, request] of requests.entries()) await request.send(String(index))
      const reply = stage.open('Reply')
      await reply.bind(endpoint)
      for (let count = 0; count < 20; count++) await reply.send(await reply.receive())
      for (const [index, request] of requests.entries()) {
        expect(heads([await request.receive()])).toEqual([String(index)])
      }
    })
  })

  describe('a queue of ROUTER and DEALER', () => {
    const stage = useStage(subject)

    it('stands between clients and services without either noticing', async () => {
      const [front, back] = [stage.endpoint(), stage.endpoint()]
      const router = stage.open('Router')
      const dealer = stage.open('Dealer')
      await router.bind(front)
      await dealer.bind(back)
      const [request] = await stage.farPeers('Request', 1, front)
      const [reply] = await stage.farPeers('Reply', 1, back)
      await request!.send(['ABC', 'DEF'])
      const asked = await router.receive()
      expect(asked).toHaveLength(4)
      await dealer.send(asked)
      expect(texts(await reply!.receive())).toEqual(['ABC', 'DEF'])
      await reply!.send(['GHI', 'JKL'])
      const [answered] = await take(dealer, 1)
      await router.send(answered!)
      expect(texts(await request!.receive())).toEqual(['GHI', 'JKL'])
    })
  })
}
