import { describe, expect, it } from 'vitest'
import { failures } from '../support/suiteErrors.ts'
import { heads, numbers, takeNote, useStage, watch } from '../support/suiteStage.ts'
import type { Push } from '../support/suiteApi.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** How many messages wait between two sockets before the sender has to. */
export function describeHighWaterMark(subject: Subject): void {
  describe('the high-water mark', () => {
    const stage = useStage(subject)

    it('is 1000 messages for either direction by default', () => {
      const pair = stage.open('Pair')
      expect([pair.sendHighWaterMark, pair.receiveHighWaterMark]).toEqual([1000, 1000])
    })

    it('cannot be negative', () => {
      const pair = stage.open('Pair')
      for (const name of ['sendHighWaterMark', 'receiveHighWaterMark'] as const) {
        expect(() => (pair[name] = -1)).toThrow(failures.invalid.message)
        expect(pair[name]).toBe(1000)
      }
    })

    it('makes a sender wait, and go on when its peer has read', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 10 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 10 })
      push.connect(endpoint)
      const receiving = pull.take(3000)
      for (const number of numbers(0, 3000)) await push.send(number)
      expect(heads(await receiving)).toEqual(numbers(0, 3000))
    })

    for (const [send, receive] of [
      [0, 1],
      // With a queue at each end it is the sender's that counts.
      ...(subject.features.exactHighWaterMark ? ([[1, 0]] as const) : []),
      [0, 0],
    ] as const) {
      it(`of ${send} to send and ${receive} to receive is no limit`, async () => {
        const endpoint = stage.endpoint()
        const pull = await stage.far('Pull', { receiveHighWaterMark: receive })
        await pull.bind(endpoint)
        const push = stage.open('Push', { sendHighWaterMark: send, sendTimeout: 0 })
        push.connect(endpoint)
        for (const number of numbers(0, 10_000)) await push.send(number)
        expect(heads(await pull.take(10_000))).toEqual(numbers(0, 10_000))
      })
    }
  })

  if (subject.features.exactHighWaterMark) {
    describeExactCounts(subject)
    describeChanges(subject)
  }
}

function describeExactCounts(subject: Subject): void {
  describe('the high-water mark, counted', () => {
    const stage = useStage(subject)

    for (const [send, receive] of [
      [3, 2],
      [1, 1],
      [10, 1],
      [1, 10],
      [1000, 1000],
    ] as const) {
      it(`is the sum of both ends: ${send} + ${receive}`, async () => {
        const endpoint = stage.endpoint()
        const pull = await stage.far('Pull', { receiveHighWaterMark: receive })
        await pull.bind(endpoint)
        const push = stage.open('Push', { sendHighWaterMark: send, sendTimeout: 0 })
        push.connect(endpoint)
        expect(await fill(push)).toBe(send + receive)
        expect(push.writable).toBe(false)
      })
    }

    it('is the same sum when the sender binds', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push', { sendHighWaterMark: 3, sendTimeout: 0 })
      await push.bind(endpoint)
      await stage.farPeers('Pull', 1, endpoint, { receiveHighWaterMark: 2 })
      takeNote(push)
      expect(await fill(push)).toBe(5)
    })

    it('is only that of the sender until somebody binds', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push', { sendHighWaterMark: 3, sendTimeout: 0 })
      push.connect(endpoint)
      expect(await fill(push)).toBe(3)
      const pull = await stage.far('Pull', { receiveHighWaterMark: 2 })
      await pull.bind(endpoint)
      await pull.get('readable')
      takeNote(push)
      expect(await fill(push)).toBe(2)
    })

    it('counts a message of several frames as one', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 2 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 3, sendTimeout: 0 })
      push.connect(endpoint)
      expect(await fill(push, ['a', 'b', 'c'])).toBe(5)
    })

    it('holds for each peer on its own', async () => {
      const push = stage.open('Push', { sendHighWaterMark: 1, sendTimeout: 0 })
      for (let index = 0; index < 3; index++) {
        const endpoint = stage.endpoint()
        const pull = await stage.far('Pull', { receiveHighWaterMark: 1 })
        await pull.bind(endpoint)
        push.connect(endpoint)
      }
      expect(await fill(push)).toBe(6)
    })

    it('does not depend on the size of the messages', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 2 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 3, sendTimeout: 0 })
      push.connect(endpoint)
      expect(await fill(push, Buffer.alloc(100_000))).toBe(5)
    })

    it('says EAGAIN when it is reached, after the send timeout', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 1 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 1, sendTimeout: 0 })
      push.connect(endpoint)
      await fill(push)
      push.sendTimeout = 10
      await expect(push.send('too many')).rejects.toMatchObject(failures.again)
    })

    it('lets the sender go on no later than when about half has been read', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 10 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 10, sendTimeout: 0 })
      push.connect(endpoint)
      expect(await fill(push)).toBe(20)
      push.sendTimeout = -1
      const sending = watch(push.send('21st'))
      await pull.take(10)
      await sending.promise
      push.sendTimeout = 0
      expect(await fill(push)).toBe(9)
    })

    it('gives back all its room when everything has been read', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 3 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 5, sendTimeout: 0 })
      push.connect(endpoint)
      for (let round = 0; round < 5; round++) {
        const accepted = await fill(push)
        expect(accepted).toBeGreaterThan(0)
        expect(accepted).toBeLessThanOrEqual(8)
        await pull.take(accepted)
        takeNote(push)
      }
    })
  })
}

function describeChanges(subject: Subject): void {
  describe('the high-water mark, changed', () => {
    const stage = useStage(subject)

    it('before connecting holds for the connection', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull')
      await pull.set({ receiveHighWaterMark: 2 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendTimeout: 0 })
      push.sendHighWaterMark = 3
      push.connect(endpoint)
      expect(await fill(push)).toBe(5)
    })

    it('after connecting holds at once', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 1 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 1, sendTimeout: 0 })
      push.connect(endpoint)
      push.sendHighWaterMark = 5
      expect(await fill(push)).toBe(6)
    })

    it('at the receiver gives the sender more room', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 1 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 1, sendTimeout: 0 })
      push.connect(endpoint)
      await pull.get('readable')
      await pull.set({ receiveHighWaterMark: 7 })
      takeNote(push)
      expect(await fill(push)).toBe(8)
    })

    // libzmq frees the sender only after half of the raised mark, which may never be read.
    it('upwards while the queue is full lets the sender go on when it has been read', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 1 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 1, sendTimeout: 0 })
      push.connect(endpoint)
      const before = await fill(push)
      push.sendHighWaterMark = 19
      const extra = await fill(push)
      await pull.take(before + extra)
      takeNote(push)
      const room = await fill(push)
      expect(room).toBeGreaterThan(0)
      expect(room).toBeLessThanOrEqual(20)
    })

    // libzmq may never free this sender, because it counts in steps of half the old mark.
    it('downwards while the queue is full holds once it has been read', async () => {
      const endpoint = stage.endpoint()
      const pull = await stage.far('Pull', { receiveHighWaterMark: 1 })
      await pull.bind(endpoint)
      const push = stage.open('Push', { sendHighWaterMark: 100, sendTimeout: 0 })
      push.connect(endpoint)
      expect(await fill(push)).toBe(101)
      push.sendHighWaterMark = 10
      await expect(push.send('x')).rejects.toMatchObject(failures.again)
      await pull.take(60)
      takeNote(push)
      await expect(push.send('x')).rejects.toMatchObject(failures.again)
      await pull.take(41)
      takeNote(push)
      const room = await fill(push)
      expect(room).toBeGreaterThan(0)
      expect(room).toBeLessThanOrEqual(11)
    })
  })
}

/** Sends until the socket says EAGAIN; returns how many messages it took. */
async function fill(push: Push, message: string | string[] | Buffer = 'x'): Promise<number> {
  for (let accepted = 0; ; accepted++) {
    try {
      await push.send(message)
    } catch (error) {
      expect(error).toMatchObject(failures.again)
      return accepted
    }
  }
}
