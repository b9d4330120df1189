import { describe, expect, it } from 'vitest'
import { failures, thrownBy } from '../support/suiteErrors.ts'
import { heads, take, takeNote, texts, useStage } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** How a ROUTER comes to know its peers, and what happens when two claim one name. */
export function describeRoutingIds(subject: Subject): void {
  describe('routing ids', () => {
    const stage = useStage(subject)

    it('are 1 to 255 bytes', () => {
      const dealer = stage.open('Dealer')
      expect(dealer.routingId).toBe(null)
      for (const invalid of ['', 'a'.repeat(256)]) {
        expect(thrownBy(() => (dealer.routingId = invalid))).toMatchObject(failures.invalid)
      }
      dealer.routingId = 'a'
      expect(dealer.routingId).toBe('a')
      dealer.routingId = 'b'.repeat(255)
      expect(dealer.routingId).toBe('b'.repeat(255))
    })

    it('may be that of a REQ', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router')
      await router.bind(endpoint)
      const [request] = await stage.farPeers('Request', 1, endpoint, { routingId: 'asker' })
      await request!.send('A')
      expect(texts(await router.receive())).toEqual(['asker', '', 'A'])
    })

    it('of connections made before the bind are known after it', async () => {
      const endpoint = stage.endpoint()
      const dealers = []
      for (const routingId of ['anna', 'bert']) {
        const [dealer] = await stage.farPeers('Dealer', 1, endpoint, { routingId })
        await dealer!.send('here')
        dealers.push(dealer!)
      }
      const router = stage.open('Router')
      await router.bind(endpoint)
      const ids = heads(await take(router, 2))
      expect(ids.sort()).toEqual(['anna', 'bert'])
      await router.send(['bert', 'hello'])
      expect(texts(await dealers[1]!.receive())).toEqual(['hello'])
    })

    it('are known before the peer has said a word', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { mandatory: true })
      await router.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      takeNote(router)
      await router.send(['anna', 'hello'])
      expect(texts(await dealer!.receive())).toEqual(['hello'])
    })

    it('given to `connect` name that peer, at once', async () => {
      const [one, two] = [stage.endpoint(), stage.endpoint()]
      const first = await stage.far('Dealer')
      const second = await stage.far('Dealer')
      await first.bind(one)
      await second.bind(two)
      const router = stage.open('Router', { mandatory: true })
      router.connect(one, { routingId: 'first' })
      router.connect(two, { routingId: 'second' })
      await router.send(['second', 'to the second'])
      await router.send(['first', 'to the first'])
      expect(texts(await first.receive())).toEqual(['to the first'])
      expect(texts(await second.receive())).toEqual(['to the second'])
      await second.send('answer')
      expect(texts(await router.receive())).toEqual(['second', 'answer'])
    })

    it('given to `connect` work before anybody binds', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { mandatory: true })
      router.connect(endpoint, { routingId: 'later' })
      await router.send(['later', 'hello'])
      const dealer = await stage.far('Dealer')
      await dealer.bind(endpoint)
      expect(texts(await dealer.receive())).toEqual(['hello'])
      await dealer.send('answer')
      expect(texts(await router.receive())).toEqual(['later', 'answer'])
    })

    it('given to `connect` hold for that connection only', async () => {
      const [one, two] = [stage.endpoint(), stage.endpoint()]
      const first = await stage.far('Dealer', { routingId: 'own name' })
      const second = await stage.far('Dealer', { routingId: 'other name' })
      await first.bind(one)
      await second.bind(two)
      const router = stage.open('Router')
      router.connect(one, { routingId: 'given name' })
      router.connect(two)
      await first.send('A')
      await second.send('B')
      const messages = (await take(router, 2)).map((message) => texts(message).join(': '))
      expect(messages.sort()).toEqual(['given name: A', 'other name: B'])
    })

    it('claimed twice belong to the first, and the second is not heard', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router')
      await router.bind(endpoint)
      const [first] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await first!.send('I am the first')
      expect(texts(await router.receive())).toEqual(['anna', 'I am the first'])
      const [second] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await second!.send('no, I am')
      await router.send(['anna', 'hello'])
      expect(texts(await first!.receive())).toEqual(['hello'])
      await first!.send('still here')
      expect(texts(await router.receive())).toEqual(['anna', 'still here'])
      router.receiveTimeout = 0
      await expect(router.receive()).rejects.toMatchObject(failures.again)
    })

    it('claimed twice go to the newcomer with `handover`', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { handover: true })
      await router.bind(endpoint)
      const [first] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await first!.send('I am the first')
      expect(texts(await router.receive())).toEqual(['anna', 'I am the first'])
      const [second] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await second!.send('I am the second')
      expect(texts(await router.receive())).toEqual(['anna', 'I am the second'])
      await router.send(['anna', 'hello'])
      expect(texts(await second!.receive())).toEqual(['hello'])
    })

    it('are free again when their peer has gone', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router')
      await router.bind(endpoint)
      const [first] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await first!.send('first')
      await router.receive()
      await first!.close()
      await stage.loses(router, 1, endpoint)
      const [second] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await second!.send('second')
      expect(texts(await router.receive())).toEqual(['anna', 'second'])
    })
  })

  describe('`probeRouter`', () => {
    const stage = useStage(subject)

    for (const name of ['Dealer', 'Request', 'Router'] as const) {
      it(`makes a ${name} announce itself with an empty message`, async () => {
        const endpoint = stage.endpoint()
        const router = stage.open('Router')
        await router.bind(endpoint)
        const [peer] = await stage.farPeers(name, 1, endpoint, {
          routingId: 'anna',
          probeRouter: true,
        })
        expect(texts(await router.receive())).toEqual(['anna', ''])
        await router.send(['anna', '', 'hello'])
        if (name === 'Dealer') expect(texts(await peer!.receive())).toEqual(['', 'hello'])
      })
    }

    it('announces each connection', async () => {
      const [one, two] = [stage.endpoint(), stage.endpoint()]
      const router = stage.open('Router')
      await router.bind(one)
      await router.bind(two)
      for (const [endpoint, routingId] of [
        [one, 'anna'],
        [two, 'bert'],
      ] as const) {
        await stage.farPeers('Dealer', 1, endpoint, { routingId, probeRouter: true })
      }
      expect(heads(await take(router, 2)).sort()).toEqual(['anna', 'bert'])
    })
  })
}
