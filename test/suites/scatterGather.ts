import { describe, expect, it } from 'vitest'
import { failureOf, failures } from '../support/suiteErrors.ts'
import { itWith, heads, numbers, take, takeNote, useStage, watch } from '../support/suiteStage.ts'
import type { MessageLike } from '../support/suiteApi.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** RFC 49/SCATTER-GATHER: a pipeline of single frames. */
export function describeScatterGather(subject: Subject): void {
  describe('SCATTER and GATHER', () => {
    const stage = useStage(subject)
    const itExact = itWith(subject, 'exactHighWaterMark')

    it('spread messages over those who are ready', async () => {
      const endpoint = stage.endpoint()
      const scatter = stage.open('Scatter')
      await scatter.bind(endpoint)
      const gathers = await stage.farPeers('Gather', 3, endpoint)
      takeNote(scatter)
      for (const number of numbers(0, 6)) await scatter.send(number)
      const shares = await Promise.all(gathers.map(async (gather) => heads(await gather.take(2))))
      expect(shares.flat().sort()).toEqual(numbers(0, 6))
      for (const [first, second] of shares) expect(Number(second) - Number(first)).toBe(3)
    })

    it('collect from each in turn', async () => {
      const endpoint = stage.endpoint()
      const gather = stage.open('Gather')
      await gather.bind(endpoint)
      const scatters = await stage.farPeers('Scatter', 3, endpoint)
      for (const [index, scatter] of scatters.entries()) {
        await scatter.send(String(index))
        await scatter.send(String(index))
      }
      const order = heads(await take(gather, 6))
      expect([...order].sort()).toEqual(['0', '0', '1', '1', '2', '2'])
      if (subject.features.inproc) expect(new Set(order.slice(0, 3)).size).toBe(3)
    })

    it('block without a peer', async () => {
      const scatter = stage.open('Scatter', { sendTimeout: 0 })
      await expect(scatter.send('nobody')).rejects.toMatchObject(failures.again)
      const gather = stage.open('Gather', { receiveTimeout: 0 })
      await expect(gather.receive()).rejects.toMatchObject(failures.again)
    })

    it('refuse messages of several frames', async () => {
      const endpoint = stage.endpoint()
      const gather = stage.open('Gather')
      await gather.bind(endpoint)
      const scatter = stage.open('Scatter')
      scatter.connect(endpoint)
      const several = ['a', 'b'] as unknown as MessageLike
      expect(await failureOf(() => scatter.send(several))).toMatchObject(failures.invalid)
      await scatter.send('one')
      expect(heads([await gather.receive()])).toEqual(['one'])
    })

    itExact('wait while the queue is full', async () => {
      const endpoint = stage.endpoint()
      const gather = await stage.far('Gather', { receiveHighWaterMark: 1 })
      await gather.bind(endpoint)
      const scatter = stage.open('Scatter', { sendHighWaterMark: 1 })
      scatter.connect(endpoint)
      await scatter.send('0')
      await scatter.send('1')
      const sending = watch(scatter.send('2'))
      expect(sending.state).toBe('pending')
      expect(heads(await gather.take(3))).toEqual(numbers(0, 3))
      await sending.promise
    })
  })
}
