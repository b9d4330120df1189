import { describe, expect, it } from 'vitest'
import { failures } from '../support/suiteErrors.ts'
import { heads, numbers, take, takeNote, texts, useStage } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** RFC 28/REQREP, the asynchronous asking side. */
export function describeDealer(subject: Subject): void {
  describe('DEALER', () => {
    const stage = useStage(subject)

    it('sends to each peer in turn', async () => {
      const endpoint = stage.endpoint()
      const dealer = stage.open('Dealer')
      await dealer.bind(endpoint)
      const peers = await stage.farPeers('Dealer', 3, endpoint)
      takeNote(dealer)
      for (const number of numbers(0, 6)) await dealer.send(number)
      const shares = await Promise.all(peers.map(async (peer) => heads(await peer.take(2))))
      expect(shares.flat().sort()).toEqual(numbers(0, 6))
      for (const [first, second] of shares) expect(Number(second) - Number(first)).toBe(3)
    })

    it('receives from each peer in turn', async () => {
      const endpoint = stage.endpoint()
      const dealer = stage.open('Dealer')
      await dealer.bind(endpoint)
      const peers = await stage.farPeers('Dealer', 3, endpoint)
      for (const [index, peer] of peers.entries()) {
        await peer.send(String(index))
        await peer.send(String(index))
      }
      const order = heads(await take(dealer, 6))
      expect([...order].sort()).toEqual(['0', '0', '1', '1', '2', '2'])
      if (subject.features.inproc) expect(new Set(order.slice(0, 3)).size).toBe(3)
    })

    it('blocks without a peer', async () => {
      const dealer = stage.open('Dealer', { sendTimeout: 0, receiveTimeout: 0 })
      await expect(dealer.send('nobody')).rejects.toMatchObject(failures.again)
      await expect(dealer.receive()).rejects.toMatchObject(failures.again)
      await dealer.bind(stage.endpoint())
      await expect(dealer.send('nobody')).rejects.toMatchObject(failures.again)
      expect([dealer.readable, dealer.writable]).toEqual([false, false])
    })

    it('asks a REP any number of times without waiting', async () => {
      const endpoint = stage.endpoint()
      const reply = await stage.far('Reply')
      await reply.bind(endpoint)
      const done = reply.echo()
      const dealer = stage.open('Dealer')
      dealer.connect(endpoint)
      for (const number of numbers(0, 50)) await dealer.send(['', number])
      const answers = await take(dealer, 50)
      expect(answers.map((answer) => texts(answer))).toEqual(
        numbers(0, 50).map((number) => ['', number]),
      )
      await reply.close()
      await done
    })

    it('adds and removes no frames of its own', async () => {
      const endpoint = stage.endpoint()
      const dealer = stage.open('Dealer')
      await dealer.bind(endpoint)
      const [peer] = await stage.farPeers('Dealer', 1, endpoint)
      takeNote(dealer)
      await dealer.send(['', 'A', ''])
      expect(texts(await peer!.receive())).toEqual(['', 'A', ''])
      await peer!.send(['B'])
      expect(texts(await dealer.receive())).toEqual(['B'])
    })

    it('sends and receives at the same time', async () => {
      const endpoint = stage.endpoint()
      const dealer = stage.open('Dealer')
      await dealer.bind(endpoint)
      const [peer] = await stage.farPeers('Dealer', 1, endpoint)
      const receiving = dealer.receive()
      await dealer.send('ping')
      expect(texts(await peer!.receive())).toEqual(['ping'])
      await peer!.send('pong')
      expect(texts(await receiving)).toEqual(['pong'])
    })
  })
}
