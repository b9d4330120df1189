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

/** RFC 30/PIPELINE: tasks spread over those who are ready, results collected from all. */
export function describePushPull(subject: Subject): void {
  describe('PUSH and PULL', () => {
    const stage = useStage(subject)
    const itInproc = itWith(subject, 'inproc')
    const itExact = itWith(subject, 'exactHighWaterMark')

    it('moves a message from PUSH to PULL', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('Hello')
      expect(texts(await pull.receive())).toEqual(['Hello'])
    })

    it('keeps the order of one sender', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      const sending = push!.sendNumbers(0, 5000)
      expect(heads(await take(pull, 5000))).toEqual(numbers(0, 5000))
      await sending
    })

    it('gives each connected PULL its turn', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push')
      await push.bind(endpoint)
      const pulls = await stage.farPeers('Pull', 3, endpoint)
      takeNote(push)
      for (const number of numbers(0, 9)) await push.send(number)
      const shares = await Promise.all(pulls.map(async (pull) => heads(await pull.take(3))))
      const turns = shares.map(([first]) => first)
      expect(new Set(turns)).toEqual(new Set(numbers(0, 3)))
      for (const share of shares) {
        const turn = Number(share[0])
        expect(share).toEqual([turn, turn + 3, turn + 6].map(String))
      }
    })

    it('gives each PULL it has connected to its turn', async () => {
      const push = stage.open('Push')
      const pulls = []
      for (let index = 0; index < 4; index++) {
        const endpoint = stage.endpoint()
        const pull = await stage.far('Pull')
        await pull.bind(endpoint)
        push.connect(endpoint)
        pulls.push(pull)
      }
      for (const number of numbers(0, 8)) await push.send(number)
      const shares = await Promise.all(pulls.map(async (pull) => heads(await pull.take(2))))
      expect(shares.flat().sort()).toEqual(numbers(0, 8))
      for (const [first, second] of shares) expect(Number(second) - Number(first)).toBe(4)
    })

    // What was sent has to be there already, all of it.
    itInproc('takes one message from each PUSH in turn', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const pushes = await stage.farPeers('Push', 4, endpoint)
      for (const [index, push] of pushes.entries()) {
        for (let count = 0; count < 3; count++) await push.send(String(index))
      }
      const order = heads(await take(pull, 12))
      expect([...order].sort()).toEqual(numbers(0, 4).flatMap((name) => [name, name, name]))
      for (const round of [order.slice(0, 4), order.slice(4, 8), order.slice(8)]) {
        expect(new Set(round).size).toBe(4)
      }
    })

    itExact('skips a PULL whose queue is full and returns to it when it has room', async () => {
      const push = stage.open('Push', { sendHighWaterMark: 1, sendTimeout: 0 })
      const slowEndpoint = stage.endpoint()
      const quickEndpoint = stage.endpoint()
      const slow = await stage.far('Pull', { receiveHighWaterMark: 1 })
      const quick = await stage.far('Pull', { receiveHighWaterMark: 1000 })
      await slow.bind(slowEndpoint)
      await quick.bind(quickEndpoint)
      push.connect(slowEndpoint)
      push.connect(quickEndpoint)
      for (const number of numbers(0, 20)) await push.send(number)
      const slowShare = heads(await slow.take(2))
      const quickShare = heads(await quick.take(18))
      expect([...slowShare, ...quickShare].sort()).toEqual(numbers(0, 20).sort())
      takeNote(push)
      await push.send('a')
      await push.send('b')
      expect([heads(await slow.take(1)), heads(await quick.take(1))].flat().sort()).toEqual([
        'a',
        'b',
      ])
    })

    it('blocks a PUSH that has no peer', async () => {
      const push = stage.open('Push', { sendTimeout: 0 })
      expect(push.writable).toBe(false)
      await expect(push.send('nobody')).rejects.toMatchObject(failures.again)
      await push.bind(stage.endpoint())
      await expect(push.send('nobody')).rejects.toMatchObject(failures.again)
    })

    it('delivers a waiting message as soon as a PULL connects', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push')
      await push.bind(endpoint)
      const sending = watch(push.send('early'))
      expect(sending.state).toBe('pending')
      const [pull] = await stage.farPeers('Pull', 1, endpoint)
      expect(texts(await pull!.receive())).toEqual(['early'])
      await sending.promise
    })

    it('blocks a PULL that has no peer, and one whose peers are silent', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull', { receiveTimeout: 0 })
      expect(pull.readable).toBe(false)
      await expect(pull.receive()).rejects.toMatchObject(failures.again)
      await pull.bind(endpoint)
      await stage.farPeers('Push', 1, endpoint)
      await expect(pull.receive()).rejects.toMatchObject(failures.again)
    })

    it('keeps the frames of a message together while senders alternate', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const pushes = await stage.farPeers('Push', 3, endpoint)
      for (let round = 0; round < 5; round++) {
        for (const [index, push] of pushes.entries()) {
          await push.send([`${index}`, `${index}`, `${index}`])
        }
      }
      for (const message of await take(pull, 15)) {
        expect(message).toHaveLength(3)
        expect(new Set(texts(message)).size).toBe(1)
      }
    })

    it('gives the rest to the others when a PULL leaves', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push')
      await push.bind(endpoint)
      const [leaving, staying] = await stage.farPeers('Pull', 2, endpoint)
      takeNote(push)
      await push.send('1')
      await push.send('2')
      await leaving!.receive()
      await leaving!.close()
      await staying!.receive()
      await stage.loses(push, 1, endpoint)
      await push.send('3')
      await push.send('4')
      expect(heads(await staying!.take(2))).toEqual(['3', '4'])
    })
  })
}
