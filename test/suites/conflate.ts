import { describe, expect, it } from 'vitest'
import { failures } from '../support/suiteErrors.ts'
import { itWith, heads, numbers, takeNote, useStage } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** Only the last value counts. */
export function describeConflate(subject: Subject): void {
  describe('`conflate`', () => {
    const stage = useStage(subject)
    // Over a wire there are two queues, and what is on its way between them is not replaced.
    const itInproc = itWith(subject, 'inproc')

    it('gives the last message in the end, and none that is older than one it gave', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull', { conflate: true })
      await pull.bind(endpoint)
      const push = stage.open('Push', { conflate: true })
      push.connect(endpoint)
      for (const number of numbers(0, 1000)) await push.send(number)
      let last = -1
      while (last < 999) {
        const number = Number(heads([await pull.receive()])[0])
        expect(number).toBeGreaterThan(last)
        last = number
      }
    })

    for (const [who, sends, receives] of [
      ['both ends', true, true],
      ['the connecting sender', true, false],
    ] as const) {
      itInproc(`at ${who} keeps only the last message`, async () => {
        const endpoint = stage.endpoint()
        const pull = await stage.far('Pull', { conflate: receives })
        await pull.bind(endpoint)
        const push = stage.open('Push', { conflate: sends })
        push.connect(endpoint)
        for (const number of numbers(0, 50)) await push.send(number)
        expect(heads([await pull.receive()])).toEqual(['49'])
        await pull.set({ receiveTimeout: 0 })
        await expect(pull.receive()).rejects.toMatchObject({ code: failures.again.code })
        await push.send('50')
        expect(heads([await pull.receive()])).toEqual(['50'])
      })
    }

    for (const [first, then] of [
      ['bind', 'connect'],
      ['connect', 'bind'],
    ] as const) {
      itInproc(`is what the connecting end says: ${first} first, ${then} then`, async () => {
        const [queued, latest] = [stage.endpoint(), stage.endpoint()]
        const bound = [
          { endpoint: queued, pull: await stage.far('Pull', { conflate: true }) },
          { endpoint: latest, pull: await stage.far('Pull') },
        ]
        const join = {
          bind: async () => {
            for (const { endpoint, pull } of bound) await pull.bind(endpoint)
          },
          connect: async () => {
            for (const { endpoint } of bound) {
              const push = stage.open('Push', { conflate: endpoint === latest })
              push.connect(endpoint)
              for (const number of numbers(0, 3)) await push.send(number)
            }
          },
        }
        await join[first]()
        await join[then]()
        const [queue, last] = bound.map(({ pull }) => pull)
        expect(heads(await queue!.take(3))).toEqual(['0', '1', '2'])
        expect(heads([await last!.receive()])).toEqual(['2'])
      })

      itInproc(`goes both ways if so: ${first} first, ${then} then`, async () => {
        const endpoint = stage.endpoint()
        const bound = await stage.far('Dealer', { conflate: true, receiveTimeout: 0 })
        const connecting = stage.open('Dealer')
        const join = {
          bind: () => bound.bind(endpoint),
          connect: async () => connecting.connect(endpoint),
        }
        await join[first]()
        await join[then]()
        takeNote(connecting)
        await bound.sendNumbers(0, 3)
        for (const number of ['0', '1', '2']) {
          expect(heads([await connecting.receive()])).toEqual([number])
        }
      })
    }

    it('never makes the sender wait', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { conflate: true, receiveHighWaterMark: 1 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { conflate: true, sendHighWaterMark: 1, sendTimeout: 0 })
      push.connect(endpoint)
      for (const number of numbers(0, 5000)) await push.send(number)
      expect(push.writable).toBe(true)
    })

    itInproc('at a connecting SUB keeps only the last publication', async () => {
      const endpoint = stage.endpoint()
      const publisher = stage.open('Publisher')
      await publisher.bind(endpoint)
      const [subscriber] = await stage.farPeers('Subscriber', 1, endpoint, { conflate: true })
      await subscriber!.subscribe('')
      takeNote(publisher)
      for (const number of numbers(0, 10)) await publisher.send(number)
      expect(heads([await subscriber!.receive()])).toEqual(['9'])
    })

    itInproc('at both of two DEALERs keeps the last message each way', async () => {
      const endpoint = stage.endpoint()
      const dealer = stage.open('Dealer', { conflate: true })
      await dealer.bind(endpoint)
      const [other] = await stage.farPeers('Dealer', 1, endpoint, { conflate: true })
      takeNote(dealer)
      for (const number of numbers(0, 5)) await dealer.send(number)
      await other!.sendNumbers(5, 5)
      expect(heads([await other!.receive()])).toEqual(['4'])
      expect(heads([await dealer.receive()])).toEqual(['9'])
    })

    // libzmq loses all of these when the conflating sender connects first.
    it('keeps the last message that was sent before anybody bound', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push', { conflate: true })
      push.connect(endpoint)
      for (const number of numbers(0, 5)) await push.send(number)
      const pull = await stage.far('Pull', { conflate: true })
      await pull.bind(endpoint)
      expect(heads([await pull.receive()])).toEqual(['4'])
    })

    it('hands over large values and small ones unharmed', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { conflate: true })
      await pull.bind(endpoint)
      const push = stage.open('Push', { conflate: true })
      push.connect(endpoint)
      for (const size of [0, 10, 100_000, 3, 70_000]) {
        await push.send(Buffer.alloc(size, 'x'))
        const [frame] = await pull.receive()
        expect([frame!.length, Buffer.alloc(size, 'x').equals(frame!)]).toEqual([size, true])
      }
    })
  })
}
