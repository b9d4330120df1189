import { describe, expect, it } from 'vitest'
import { failureOf, failures } from '../support/suiteErrors.ts'
import { heads, numbers, take, takeNote, useStage } from '../support/suiteStage.ts'
import type { MessageLike } from '../support/suiteApi.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** RFC 52/CHANNEL: a PAIR of single frames. */
export function describeChannel(subject: Subject): void {
  describe('CHANNEL', () => {
    const stage = useStage(subject)

    it('talks both ways', async () => {
      const endpoint = stage.endpoint()
      const channel = stage.open('Channel')
      await channel.bind(endpoint)
      const [other] = await stage.farPeers('Channel', 1, endpoint)
      await other!.send('ping')
      expect(heads([await channel.receive()])).toEqual(['ping'])
      await channel.send('pong')
      expect(heads([await other!.receive()])).toEqual(['pong'])
    })

    it('keeps the order of many messages in both directions', async () => {
      const endpoint = stage.endpoint()
      const channel = stage.open('Channel')
      await channel.bind(endpoint)
      const [other] = await stage.farPeers('Channel', 1, endpoint)
      takeNote(channel)
      await other!.sendNumbers(0, 100)
      for (const number of numbers(100, 200)) await channel.send(number)
      expect(heads(await take(channel, 100))).toEqual(numbers(0, 100))
      expect(heads(await other!.take(100))).toEqual(numbers(100, 200))
    })

    it('blocks without a peer', async () => {
      const channel = stage.open('Channel', { sendTimeout: 0, receiveTimeout: 0 })
      await expect(channel.send('nobody')).rejects.toMatchObject(failures.again)
      await expect(channel.receive()).rejects.toMatchObject(failures.again)
    })

    it('refuses messages of several frames', async () => {
      const endpoint = stage.endpoint()
      const channel = stage.open('Channel')
      await channel.bind(endpoint)
      const [other] = await stage.farPeers('Channel', 1, endpoint)
      takeNote(channel)
      const several = ['a', 'b'] as unknown as MessageLike
      expect(await failureOf(() => channel.send(several))).toMatchObject(failures.invalid)
      await channel.send('one')
      expect(heads([await other!.receive()])).toEqual(['one'])
    })

    it('has exactly one peer', async () => {
      const endpoint = stage.endpoint()
      const channel = stage.open('Channel')
      await channel.bind(endpoint)
      const [first] = await stage.farPeers('Channel', 1, endpoint)
      takeNote(channel)
      const [second] = await stage.farPeers('Channel', 1, endpoint, { sendTimeout: 0 })
      takeNote(channel)
      await second!.send('let me in').catch((error: unknown) => {
        expect(error).toMatchObject(failures.again)
      })
      await first!.send('hello')
      expect(heads([await channel.receive()])).toEqual(['hello'])
      channel.receiveTimeout = 0
      await expect(channel.receive()).rejects.toMatchObject(failures.again)
    })
  })
}
