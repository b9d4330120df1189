import { describe, expect, it } from 'vitest'
import { failures } from '../support/suiteErrors.ts'
import { heads, itWith, takeNote, texts, useStage, watch } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** RFC 28/REQREP, the asking side. */
export function describeRequest(subject: Subject): void {
  describe('REQ', () => {
    const stage = useStage(subject)
    const itImmediate = itWith(subject, 'immediate')

    it('asks and is answered', async () => {
      const endpoint = stage.endpoint()
      const reply = await stage.far('Reply')
      await reply.bind(endpoint)
      const request = stage.open('Request')
      request.connect(endpoint)
      await request.send('Hello')
      expect(texts(await reply.receive())).toEqual(['Hello'])
      await reply.send('World')
      expect(texts(await request.receive())).toEqual(['World'])
    })

    it('asks many times in a row, with messages of several frames', async () => {
      const endpoint = stage.endpoint()
      const reply = await stage.far('Reply')
      await reply.bind(endpoint)
      const done = reply.echo()
      const request = stage.open('Request')
      request.connect(endpoint)
      for (let round = 0; round < 100; round++) {
        await request.send([`${round}`, '', 'tail'])
        expect(texts(await request.receive())).toEqual([`${round}`, '', 'tail'])
      }
      await reply.close()
      await done
    })

    it('asks each of its peers in turn', async () => {
      const endpoint = stage.endpoint()
      const request = stage.open('Request')
      await request.bind(endpoint)
      const replies = await stage.farPeers('Reply', 3, endpoint)
      const done = Promise.all(
        replies.map(async (reply, index) => {
          for (let round = 0; round < 2; round++) {
            await reply.receive()
            await reply.send(String(index))
          }
        }),
      )
      takeNote(request)
      const order: string[] = []
      for (let round = 0; round < 6; round++) {
        await request.send('who?')
        order.push(String((await request.receive())[0]))
      }
      await done
      expect(new Set(order.slice(0, 3))).toEqual(new Set(['0', '1', '2']))
      expect(order.slice(3)).toEqual(order.slice(0, 3))
    })

    it('blocks without a peer', async () => {
      const request = stage.open('Request', { sendTimeout: 0 })
      expect(request.writable).toBe(false)
      await expect(request.send('anyone?')).rejects.toMatchObject(failures.again)
      await request.bind(stage.endpoint())
      await expect(request.send('anyone?')).rejects.toMatchObject(failures.again)
    })

    it('sends a waiting request as soon as somebody can answer it', async () => {
      const endpoint = stage.endpoint()
      const request = stage.open('Request')
      await request.bind(endpoint)
      const sending = request.send('anyone?')
      const [reply] = await stage.farPeers('Reply', 1, endpoint)
      expect(texts(await reply!.receive())).toEqual(['anyone?'])
      await sending
    })

    it('puts an empty frame before the request', async () => {
      const endpoint = stage.endpoint()
      const router = await stage.far('Router')
      await router.bind(endpoint)
      const request = stage.open('Request', { routingId: 'asker' })
      request.connect(endpoint)
      await request.send(['A', 'B'])
      expect(texts(await router.receive())).toEqual(['asker', '', 'A', 'B'])
    })

    it('takes the empty frame off the reply', async () => {
      const endpoint = stage.endpoint()
      const router = await stage.far('Router')
      await router.bind(endpoint)
      const request = stage.open('Request', { routingId: 'asker' })
      request.connect(endpoint)
      await request.send('A')
      await router.receive()
      await router.send(['asker', '', 'B', 'C'])
      expect(texts(await request.receive())).toEqual(['B', 'C'])
    })

    it('ignores a reply without the empty frame', async () => {
      const endpoint = stage.endpoint()
      const router = await stage.far('Router')
      await router.bind(endpoint)
      const request = stage.open('Request', { routingId: 'asker' })
      request.connect(endpoint)
      await request.send('A')
      await router.receive()
      await router.send(['asker', 'bad', 'reply'])
      await router.send(['asker', 'bad'])
      await router.send(['asker', '', 'good'])
      expect(texts(await request.receive())).toEqual(['good'])
    })

    it('listens only to the peer it asked', async () => {
      const request = stage.open('Request', { routingId: 'asker' })
      const routers = []
      for (let index = 0; index < 3; index++) {
        const endpoint = stage.endpoint()
        const router = await stage.far('Router')
        await router.bind(endpoint)
        request.connect(endpoint)
        routers.push(router)
      }
      for (let asked = 0; asked < routers.length; asked++) {
        await request.send('question')
        expect(texts(await routers[asked]!.receive())).toEqual(['asker', '', 'question'])
        for (const [index, router] of routers.entries()) {
          // Of the one that is asked next it may come behind the question, and be an answer.
          if (index === asked || index === asked + 1) continue
          await router.send(['asker', '', 'uninvited'])
        }
        await routers[asked]!.send(['asker', '', `answer of ${asked}`])
        expect(texts(await request.receive())).toEqual([`answer of ${asked}`])
      }
    })

    // Over a wire it may come behind the next request; `correlate` tells it from the answer then.
    itImmediate(
      'forgets a reply that came too early to be the answer to this request',
      async () => {
        const endpoint = stage.endpoint()
        const router = await stage.far('Router')
        await router.bind(endpoint)
        const request = stage.open('Request', { routingId: 'asker' })
        request.connect(endpoint)
        await request.send('first')
        await router.receive()
        await router.send(['asker', '', 'one'])
        await router.send(['asker', '', 'one too many'])
        expect(texts(await request.receive())).toEqual(['one'])
        await request.send('second')
        await router.receive()
        await router.send(['asker', '', 'two'])
        expect(texts(await request.receive())).toEqual(['two'])
      },
    )

    it('refuses to receive before it has sent', async () => {
      const request = stage.open('Request', { receiveTimeout: 0 })
      await expect(request.receive()).rejects.toMatchObject(failures.wrongState)
    })

    it('refuses a second request before the first is answered', async () => {
      const endpoint = stage.endpoint()
      const reply = await stage.far('Reply')
      await reply.bind(endpoint)
      const request = stage.open('Request', { sendTimeout: 0 })
      request.connect(endpoint)
      await request.send('1')
      await expect(request.send('2')).rejects.toMatchObject(failures.wrongState)
      expect(texts(await reply.receive())).toEqual(['1'])
      await reply.send('one')
      expect(texts(await request.receive())).toEqual(['one'])
      await request.send('2')
      expect(texts(await reply.receive())).toEqual(['2'])
    })

    it('lets a second request without a timeout wait for the answer to the first', async () => {
      const endpoint = stage.endpoint()
      const reply = await stage.far('Reply')
      await reply.bind(endpoint)
      const request = stage.open('Request')
      request.connect(endpoint)
      await request.send('1')
      await reply.receive()
      const second = watch(request.send('2'))
      expect(second.state).toBe('pending')
      await reply.send('one')
      expect(texts(await request.receive())).toEqual(['one'])
      await second.promise
      expect(texts(await reply.receive())).toEqual(['2'])
    })

    it('says EFSM when it is closed while it waits out of turn', async () => {
      const request = stage.open('Request')
      const receiving = request.receive()
      request.close()
      await expect(receiving).rejects.toMatchObject(failures.wrongState)
    })

    it('is neither readable nor writable while it waits for an answer', async () => {
      const endpoint = stage.endpoint()
      const reply = await stage.far('Reply')
      await reply.bind(endpoint)
      const request = stage.open('Request')
      request.connect(endpoint)
      expect(request.writable).toBe(true)
      await request.send('1')
      expect([request.readable, request.writable]).toEqual([false, false])
    })
  })

  describe('REQ with `correlate`', () => {
    const stage = useStage(subject)

    it('puts a request id of four bytes before the empty frame', async () => {
      const endpoint = stage.endpoint()
      const router = await stage.far('Router')
      await router.bind(endpoint)
      const request = stage.open('Request', { correlate: true })
      request.connect(endpoint)
      await request.send('A')
      const message = await router.receive()
      expect(message.map((frame) => frame.length)).toEqual([5, 4, 0, 1])
      expect(String(message[3])).toBe('A')
    })

    it('drops replies to another request', async () => {
      const endpoint = stage.endpoint()
      const router = await stage.far('Router')
      await router.bind(endpoint)
      const request = stage.open('Request', { correlate: true })
      request.connect(endpoint)
      await request.send('A')
      const [id, requestId] = await router.receive()
      const otherId = Buffer.from(requestId!)
      otherId[0]! ^= 0xff
      await router.send([id!, otherId, '', 'wrong id'])
      await router.send([id!, 'x', '', 'no id'])
      await router.send([id!, requestId!, 'no empty frame'])
      await router.send([id!, '', 'no id at all'])
      await router.send([id!, requestId!, '', 'right'])
      expect(texts(await request.receive())).toEqual(['right'])
    })

    it('numbers every request differently', async () => {
      const endpoint = stage.endpoint()
      const router = await stage.far('Router')
      await router.bind(endpoint)
      const request = stage.open('Request', { correlate: true })
      request.connect(endpoint)
      const seen = new Set<string>()
      for (let round = 0; round < 5; round++) {
        await request.send('A')
        const [id, requestId] = await router.receive()
        seen.add(requestId!.toString('hex'))
        await router.send([id!, requestId!, '', 'B'])
        await request.receive()
      }
      expect(seen.size).toBe(5)
    })

    it('is understood by a REP', async () => {
      const endpoint = stage.endpoint()
      const reply = await stage.far('Reply')
      await reply.bind(endpoint)
      const request = stage.open('Request', { correlate: true })
      request.connect(endpoint)
      await request.send('A')
      expect(texts(await reply.receive())).toEqual(['A'])
      await reply.send('B')
      expect(texts(await request.receive())).toEqual(['B'])
    })
  })

  describe('REQ with `relaxed`', () => {
    const stage = useStage(subject)

    it('may ask again before it is answered', async () => {
      const endpoint = stage.endpoint()
      const router = await stage.far('Router')
      await router.bind(endpoint)
      const request = stage.open('Request', { relaxed: true, correlate: true })
      request.connect(endpoint)
      await request.send('first')
      await request.send('second')
      const [id, firstId] = await router.receive()
      const [, secondId, , body] = await router.receive()
      expect(String(body)).toBe('second')
      await router.send([id!, firstId!, '', 'late answer'])
      await router.send([id!, secondId!, '', 'answer'])
      expect(texts(await request.receive())).toEqual(['answer'])
    })

    it('goes to the next peer when it asks again, and no longer hears the first', async () => {
      const request = stage.open('Request', { relaxed: true, routingId: 'asker' })
      const routers = []
      for (let index = 0; index < 2; index++) {
        const endpoint = stage.endpoint()
        const router = await stage.far('Router')
        await router.bind(endpoint)
        request.connect(endpoint)
        routers.push(router)
      }
      await request.send('first')
      await routers[0]!.receive()
      await request.send('second')
      expect(texts(await routers[1]!.receive())).toEqual(['asker', '', 'second'])
      await routers[0]!.send(['asker', '', 'too late'])
      await routers[1]!.send(['asker', '', 'in time'])
      expect(texts(await request.receive())).toEqual(['in time'])
    })

    it('keeps its connections when it asks many times without waiting', async () => {
      const endpoint = stage.endpoint()
      const reply = await stage.far('Reply')
      await reply.bind(endpoint)
      const request = stage.open('Request', { relaxed: true, correlate: true })
      request.connect(endpoint)
      for (let round = 0; round < 10; round++) await request.send(String(round))
      const done = (async () => {
        for (let round = 0; round < 10; round++) {
          const message = await reply.receive()
          await reply.send(String(message[0]))
        }
      })()
      expect(heads([await request.receive()])).toEqual(['9'])
      await done
    })

    it('still refuses to receive when nothing was asked', async () => {
      const request = stage.open('Request', { relaxed: true, receiveTimeout: 0 })
      await expect(request.receive()).rejects.toMatchObject(failures.wrongState)
    })
  })
}
