import { describe, expect, it } from 'vitest'
import { takeNote, texts, useStage } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** Messages that tell of a peer's coming and going. */
export function describeNotifications(subject: Subject): void {
  // libzmq notifies over wires only; here every transport does.
  describe('ROUTER with `notifyPeers`', () => {
    const stage = useStage(subject)

    it('receives an id and an empty frame when a peer comes and when it goes', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { notifyPeers: 'both' })
      await router.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      expect(texts(await router.receive())).toEqual(['anna', ''])
      await dealer!.send('hello')
      expect(texts(await router.receive())).toEqual(['anna', 'hello'])
      const receiving = router.receive()
      await dealer!.close()
      expect(texts(await receiving)).toEqual(['anna', ''])
    })

    it('tells of arrivals alone with `connect`', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { notifyPeers: 'connect' })
      await router.bind(endpoint)
      const [anna] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      expect(texts(await router.receive())).toEqual(['anna', ''])
      await anna!.close()
      takeNote(router)
      await stage.farPeers('Dealer', 1, endpoint, { routingId: 'bert' })
      expect(texts(await router.receive())).toEqual(['bert', ''])
    })

    it('tells of departures alone with `disconnect`, after the last message', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { notifyPeers: 'disconnect' })
      await router.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await dealer!.send('one')
      await dealer!.send('two')
      await dealer!.close()
      expect(texts(await router.receive())).toEqual(['anna', 'one'])
      expect(texts(await router.receive())).toEqual(['anna', 'two'])
      expect(texts(await router.receive())).toEqual(['anna', ''])
    })

    it('tells nothing by default', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router')
      expect(router.notifyPeers).toBe(null)
      await router.bind(endpoint)
      const [anna] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await anna!.close()
      const [bert] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'bert' })
      await bert!.send('hello')
      expect(texts(await router.receive())).toEqual(['bert', 'hello'])
    })
  })

  describe('`helloMessage`', () => {
    const stage = useStage(subject)

    it('is what a DEALER receives first from a ROUTER that has one', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { helloMessage: 'hi' })
      await router.bind(endpoint)
      const dealers = await stage.farPeers('Dealer', 2, endpoint)
      takeNote(router)
      for (const dealer of dealers) expect(texts(await dealer.receive())).toEqual(['hi'])
    })

    it('is what a CLIENT receives first from a SERVER that has one', async () => {
      const endpoint = stage.endpoint()
      const server = stage.open('Server', { helloMessage: 'hi' })
      await server.bind(endpoint)
      const [client] = await stage.farPeers('Client', 1, endpoint)
      takeNote(server)
      expect(texts(await client!.receive())).toEqual(['hi'])
    })
  })

  describe('`disconnectMessage`', () => {
    const stage = useStage(subject)

    it('is received by a ROUTER in the name of the DEALER that left', async () => {
      const endpoint = stage.endpoint()
      const router = stage.open('Router', { disconnectMessage: 'bye' })
      await router.bind(endpoint)
      const [dealer] = await stage.farPeers('Dealer', 1, endpoint, { routingId: 'anna' })
      await dealer!.send('hello')
      expect(texts(await router.receive())).toEqual(['anna', 'hello'])
      const receiving = router.receive()
      await dealer!.close()
      expect(texts(await receiving)).toEqual(['anna', 'bye'])
    })

    it('is received by a SERVER with the number of the CLIENT that left', async () => {
      const endpoint = stage.endpoint()
      const server = stage.open('Server', { disconnectMessage: 'bye' })
      await server.bind(endpoint)
      const [client] = await stage.farPeers('Client', 1, endpoint)
      await client!.send('hello')
      const [, { routingId }] = await server.receive()
      const receiving = server.receive()
      await client!.close()
      const [message, options] = await receiving
      expect([String(message), options.routingId]).toEqual(['bye', routingId])
    })
  })
}
