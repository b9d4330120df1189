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

/** RFC 31/EXPAIR: two sockets that have nobody but each other. */
export function describePair(subject: Subject): void {
  describe('PAIR', () => {
    const stage = useStage(subject)
    const itExact = itWith(subject, 'exactHighWaterMark')

    it('talks both ways', async () => {
      const endpoint = stage.endpoint()
      const pair = stage.open('Pair')
      await pair.bind(endpoint)
      const [other] = await stage.farPeers('Pair', 1, endpoint)
      await other!.send(['ping', '1'])
      expect(texts(await pair.receive())).toEqual(['ping', '1'])
      await pair.send(['pong', '2'])
      expect(texts(await other!.receive())).toEqual(['pong', '2'])
    })

    it('may send any number of messages before it receives any', async () => {
      const endpoint = stage.endpoint()
      const pair = stage.open('Pair')
      await pair.bind(endpoint)
      const [other] = await stage.farPeers('Pair', 1, endpoint)
      takeNote(pair)
      await other!.sendNumbers(0, 100)
      for (const number of numbers(100, 200)) await pair.send(number)
      expect(heads(await take(pair, 100))).toEqual(numbers(0, 100))
      expect(heads(await other!.take(100))).toEqual(numbers(100, 200))
    })

    it('blocks without a peer', async () => {
      const pair = stage.open('Pair', { sendTimeout: 0, receiveTimeout: 0 })
      await expect(pair.send('nobody')).rejects.toMatchObject(failures.again)
      await pair.bind(stage.endpoint())
      await expect(pair.send('nobody')).rejects.toMatchObject(failures.again)
      await expect(pair.receive()).rejects.toMatchObject(failures.again)
      expect([pair.readable, pair.writable]).toEqual([false, false])
    })

    it('has exactly one peer: a second one is refused and cannot be heard', async () => {
      const endpoint = stage.endpoint()
      const pair = stage.open('Pair')
      await pair.bind(endpoint)
      const [first] = await stage.farPeers('Pair', 1, endpoint)
      takeNote(pair)
      const [second] = await stage.farPeers('Pair', 1, endpoint)
      takeNote(pair)
      await second!.set({ sendTimeout: 0 })
      await second!.send('let me in').catch((error: { code: string }) => {
        expect(error).toMatchObject(failures.again)
      })
      await first!.send('hello')
      await pair.send('welcome')
      expect(texts(await first!.receive())).toEqual(['welcome'])
      expect(texts(await pair.receive())).toEqual(['hello'])
      pair.receiveTimeout = 0
      await expect(pair.receive()).rejects.toMatchObject(failures.again)
    })

    it('takes a new peer after the first has left', async () => {
      const endpoint = stage.endpoint()
      const pair = stage.open('Pair')
      await pair.bind(endpoint)
      const [first] = await stage.farPeers('Pair', 1, endpoint)
      await first!.send('1')
      expect(texts(await pair.receive())).toEqual(['1'])
      await first!.close()
      await stage.loses(pair, 1, endpoint)
      const [second] = await stage.farPeers('Pair', 1, endpoint)
      takeNote(pair)
      await pair.send('2')
      expect(texts(await second!.receive())).toEqual(['2'])
    })

    it('still reads what a peer had sent before it left', async () => {
      const endpoint = stage.endpoint()
      const pair = stage.open('Pair', { sendTimeout: 0 })
      await pair.bind(endpoint)
      const [other] = await stage.farPeers('Pair', 1, endpoint)
      await other!.sendNumbers(0, 3)
      await other!.close()
      await stage.loses(pair, 1, endpoint)
      expect(heads(await take(pair, 3))).toEqual(numbers(0, 3))
      await expect(pair.send('too late')).rejects.toMatchObject(failures.again)
    })

    itExact('blocks while the queue to its peer is full', async () => {
      const endpoint = stage.endpoint()
      const pair = stage.open('Pair', { sendHighWaterMark: 2 })
      await pair.bind(endpoint)
      const [other] = await stage.farPeers('Pair', 1, endpoint, { receiveHighWaterMark: 1 })
      takeNote(pair)
      for (const number of numbers(0, 3)) await pair.send(number)
      const sending = watch(pair.send('3'))
      expect(sending.state).toBe('pending')
      expect(heads(await other!.take(4))).toEqual(numbers(0, 4))
      await sending.promise
    })
  })
}
