import { describe, expect, it } from 'vitest'
import { failures, thrownBy } from '../support/suiteErrors.ts'
import { numbers, texts, useStage } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** `for await` over a socket. */
export function describeIteration(subject: Subject): void {
  describe('`for await`', () => {
    const stage = useStage(subject)

    it('gives every message, and ends when the socket is closed', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.sendNumbers(0, 100)
      const received: string[] = []
      for await (const [number] of pull) {
        received.push(String(number))
        if (received.length === 100) pull.close()
      }
      expect(received).toEqual(numbers(0, 100))
    })

    it('ends when the socket is closed while it waits', async () => {
      const pull = stage.open('Pull')
      await pull.bind(stage.endpoint())
      const loop = (async () => {
        for await (const message of pull) throw new Error(`unexpected ${texts(message).join()}`)
        return 'ended'
      })()
      pull.close()
      expect(await loop).toBe('ended')
    })

    it('ends at once on a closed socket', async () => {
      const pull = stage.open('Pull')
      pull.close()
      for await (const message of pull) throw new Error(`unexpected ${texts(message).join()}`)
      expect(pull.closed).toBe(true)
    })

    it('may be left and taken up again without losing a message', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.sendNumbers(0, 10)
      const received: string[] = []
      while (received.length < 10) {
        for await (const [number] of pull) {
          received.push(String(number))
          if (received.length % 3 === 0 || received.length === 10) break
        }
        expect(pull.closed).toBe(false)
      }
      expect(received).toEqual(numbers(0, 10))
    })

    it('may be mixed with `receive`', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.sendNumbers(0, 4)
      const received: string[] = []
      for await (const [number] of pull) {
        received.push(String(number), String((await pull.receive())[0]))
        if (received.length === 4) break
      }
      expect(received).toEqual(numbers(0, 4))
    })

    it('fails with EAGAIN when the receive timeout ends on an open socket', async () => {
      const pull = stage.open('Pull', { receiveTimeout: 5 })
      const iterator = pull[Symbol.asyncIterator]()
      await expect(iterator.next()).rejects.toMatchObject(failures.again)
    })

    it('fails with EFSM on a REQ that has not asked', async () => {
      const request = stage.open('Request', { receiveTimeout: 0 })
      const iterator = request[Symbol.asyncIterator]()
      await expect(iterator.next()).rejects.toMatchObject(failures.wrongState)
    })

    it('does not allow a `receive` beside the one it waits for', async () => {
      const pull = stage.open('Pull')
      await pull.bind(stage.endpoint())
      const waiting = pull[Symbol.asyncIterator]().next()
      expect(thrownBy(() => pull.receive())).toMatchObject(failures.busyReading)
      pull.close()
      expect(await waiting).toEqual({ done: true, value: undefined })
    })

    it('answers requests until the socket is closed', async () => {
      const endpoint = stage.endpoint()
      const reply = stage.open('Reply')
      await reply.bind(endpoint)
      const serving = (async () => {
        let served = 0
        for await (const [question] of reply) {
          await reply.send(`re: ${String(question)}`)
          served++
        }
        return served
      })()
      const [request] = await stage.farPeers('Request', 1, endpoint)
      for (const number of numbers(0, 20)) {
        await request!.send(number)
        expect(texts(await request!.receive())).toEqual([`re: ${number}`])
      }
      reply.close()
      expect(await serving).toBe(20)
    })
  })
}
