import { describe, expect, it } from 'vitest'
import { failures } from '../support/suiteErrors.ts'
import {
  itWith,
  heads,
  numbers,
  take,
  takeNote,
  texts,
  useStage,
  watch,
} from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** RFC 28/REQREP, the asynchronous answering side. */
export function describeRouter(subject: Subject): void {
  describe('ROUTER', () => {
    const stage = useStage(subject)
    const itExact = itWith(subject, 'exactHighWaterMark')
    const itInproc = itWith(subject, 'inproc')

    it('puts the routing id of the sender before its message', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router')
      await router.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await dealer!.send(['A', 'B'])
      expect(texts(await router.receive())).toEqual(['anna', 'A', 'B'])
    })

    it('gives a peer without a routing id one of five bytes, the first of them zero', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router')
      await router.bind(endpoint)
      const dealers = await stage.farPeers('Dealer', 3, endpoint)
      for (const dealer of dealers) await dealer.send('A')
      const ids = (await take(router, 3)).map(([id]) => id!)
      for (const id of ids) expect([id.length, id[0]]).toEqual([5, 0])
      expect(new Set(ids.map((id) => id.toString('hex'))).size).toBe(3)
    })

    it('keeps the id of a peer for all its messages', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router')
      await router.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint)
      await dealer!.sendNumbers(0, 10)
      const ids = (await take(router, 10)).map(([id]) => id!.toString('hex'))
      expect(new Set(ids).size).toBe(1)
    })

    it('sends to the peer that the first frame names', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router')
      await router.bind(endpoint)
      const anna = await stage.far('Dealer', { routingId: 'anna' })
      const bert = await stage.far('Dealer', { routingId: 'bert' })
      for (const dealer of [anna, bert]) {
        await dealer.connect(endpoint)
        await dealer.send('here')
      }
      await take(router, 2)
      await router.send(['bert', 'for', 'bert'])
      await router.send(['anna', 'for anna'])
      expect(texts(await anna.receive())).toEqual(['for anna'])
      expect(texts(await bert.receive())).toEqual(['for', 'bert'])
    })

    it('takes one message from each peer in turn', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router')
      await router.bind(endpoint)
      const dealers = await stage.farPeers('Dealer', 3, endpoint)
      for (const [index, dealer] of dealers.entries()) {
        await dealer.send(String(index))
        await dealer.send(String(index))
      }
      const order = (await take(router, 6)).map(([, body]) => String(body))
      expect([...order].sort()).toEqual(['0', '0', '1', '1', '2', '2'])
      if (subject.features.inproc) expect(new Set(order.slice(0, 3)).size).toBe(3)
    })

    it('drops a message to nobody, and is always writable', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router')
      await router.bind(endpoint)
      expect(router.writable).toBe(true)
      await router.send(['nobody', 'hears this'])
      await router.send(['', 'nor this'])
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await dealer!.send('here')
      await router.receive()
      await router.send(['anna', 'but this'])
      expect(texts(await dealer!.receive())).toEqual(['but this'])
    })

    it('drops a message that is nothing but an id', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router')
      await router.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await dealer!.send('here')
      await router.receive()
      await router.send('anna')
      await router.send(['anna', 'with a body'])
      expect(texts(await dealer!.receive())).toEqual(['with a body'])
    })

    // Over a wire the one who connects drops what it sends before it knows the other.
    itInproc('talks to another ROUTER by name', async () => {
      const endpoint = stage.endpoint()
      const here = stage.open('Router', { routingId: 'here' })
      await here.bind(endpoint)
      const [there] = await stage.farPeers('Router', 1, endpoint, { routingId: 'there' })
      takeNote(here)
      await there!.send(['here', 'hello'])
      expect(texts(await here.receive())).toEqual(['there', 'hello'])
      await here.send(['there', 'welcome'])
      expect(texts(await there!.receive())).toEqual(['here', 'welcome'])
    })

    itExact('drops messages to a peer whose queue is full, and serves the others', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { sendHighWaterMark: 2 })
      await router.bind(endpoint)
      const options = { receiveHighWaterMark: 2 }
      const slow = await stage.far('Dealer', { ...options, routingId: 'slow' })
      const quick = await stage.far('Dealer', { ...options, routingId: 'quick' })
      for (const dealer of [slow, quick]) {
        await dealer.connect(endpoint)
        await dealer.send('here')
      }
      await take(router, 2)
      for (const number of numbers(0, 10)) await router.send(['slow', number])
      for (const number of numbers(0, 4)) await router.send(['quick', number])
      expect(heads(await slow.take(4))).toEqual(numbers(0, 4))
      expect(heads(await quick.take(4))).toEqual(numbers(0, 4))
      takeNote(router)
      await router.send(['slow', 'again'])
      expect(heads([await slow.receive()])).toEqual(['again'])
    })
  })

  describe('ROUTER with `mandatory`', () => {
    const stage = useStage(subject)
    const itExact = itWith(subject, 'exactHighWaterMark')

    it('says EHOSTUNREACH for an unknown id', async () => {
      const router = stage.open('Router', { mandatory: true, sendTimeout: 0 })
      await router.bind(stage.endpoint())
      await expect(router.send(['nobody', 'x'])).rejects.toMatchObject(failures.unreachable)
    })

    it('reaches those that it knows', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { mandatory: true })
      await router.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await dealer!.send('here')
      await router.receive()
      await router.send(['anna', 'x'])
      expect(texts(await dealer!.receive())).toEqual(['x'])
    })

    it('says EHOSTUNREACH once the peer has gone', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { mandatory: true, sendTimeout: 0 })
      await router.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await dealer!.send('here')
      await router.receive()
      await dealer!.close()
      await stage.loses(router, 1, endpoint)
      await expect(router.send(['anna', 'x'])).rejects.toMatchObject(failures.unreachable)
    })

    it('goes on working after a message that could not be routed', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { mandatory: true })
      await router.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await dealer!.send('here')
      await router.receive()
      await expect(router.send(['x', 'a', 'b'])).rejects.toMatchObject(failures.unreachable)
      await router.send(['anna', 'c', 'd'])
      expect(texts(await dealer!.receive())).toEqual(['c', 'd'])
    })

    itExact('says EAGAIN when the queue of the peer is full', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', {
        mandatory: true,
        sendHighWaterMark: 1,
        sendTimeout: 0,
      })
      await router.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, {
        routingId: 'anna',
        receiveHighWaterMark: 1,
      })
      await dealer!.send('here')
      await router.receive()
      await router.send(['anna', '1'])
      await router.send(['anna', '2'])
      await expect(router.send(['anna', '3'])).rejects.toMatchObject(failures.again)
      expect(heads(await dealer!.take(2))).toEqual(['1', '2'])
    })

    itExact('waits for room in the queue of the peer', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { mandatory: true, sendHighWaterMark: 1 })
      await router.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, {
        routingId: 'anna',
        receiveHighWaterMark: 1,
      })
      await dealer!.send('here')
      await router.receive()
      await router.send(['anna', '1'])
      await router.send(['anna', '2'])
      const sending = watch(router.send(['anna', '3']))
      expect(sending.state).toBe('pending')
      expect(heads(await dealer!.take(3))).toEqual(['1', '2', '3'])
      await sending.promise
    })
  })
}
