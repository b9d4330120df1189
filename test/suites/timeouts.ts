import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { failures } from '../support/suiteErrors.ts'
import { itWith, texts, useStage, watch } from '../support/suiteStage.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** Timers may fire this much early by the clock that tests read. */
const clockGrainMs = 2

/** How long `send` and `receive` wait. */
export function describeTimeouts(subject: Subject): void {
  describe('timeouts', () => {
    const stage = useStage(subject)
    const itInproc = itWith(subject, 'inproc')

    it('are -1 by default: no end', () => {
      const pair = stage.open('Pair')
      expect([pair.sendTimeout, pair.receiveTimeout]).toEqual([-1, -1])
    })

    it('of 0 give up at once', async () => {
      const pair = stage.open('Pair', { sendTimeout: 0, receiveTimeout: 0 })
      await expect(pair.receive()).rejects.toMatchObject(failures.again)
      await expect(pair.send('x')).rejects.toMatchObject(failures.again)
    })

    it('of some milliseconds give up after them, and not before', async () => {
      const pair = stage.open('Pair', { sendTimeout: 60, receiveTimeout: 60 })
      for (const call of [() => pair.receive(), () => pair.send('x')]) {
        const start = performance.now()
        await expect(call()).rejects.toMatchObject(failures.again)
        expect(performance.now() - start).toBeGreaterThanOrEqual(60 - clockGrainMs)
      }
    })

    it('run in the background: other things go on meanwhile', async () => {
      const pair = stage.open('Pair', { receiveTimeout: 60 })
      let ticks = 0
      const timer = setInterval(() => ticks++, 5)
      await expect(pair.receive()).rejects.toMatchObject(failures.again)
      clearInterval(timer)
      // Timers that are due before go first, however late it is.
      expect(ticks).toBeGreaterThan(0)
    })

    it('do not disturb a message that comes in time', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull', { receiveTimeout: 60_000 })
      await pull.bind(endpoint)
      const receiving = watch(pull.receive())
      const [push] = await stage.farPeers('Push', 1, endpoint)
      expect(receiving.state).toBe('pending')
      await push!.send('in time')
      expect(texts(await receiving.promise)).toEqual(['in time'])
    })

    // What was sent has to be there already, all of it.
    itInproc('of 0 still deliver what is there', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('1')
      await push!.send('2')
      await pull.receive()
      pull.receiveTimeout = 0
      expect(texts(await pull.receive())).toEqual(['2'])
      await expect(pull.receive()).rejects.toMatchObject(failures.again)
    })

    it('may be changed between two calls', async () => {
      const pair = stage.open('Pair', { receiveTimeout: 0 })
      await expect(pair.receive()).rejects.toMatchObject(failures.again)
      pair.receiveTimeout = 30
      const start = performance.now()
      await expect(pair.receive()).rejects.toMatchObject(failures.again)
      expect(performance.now() - start).toBeGreaterThanOrEqual(30 - clockGrainMs)
    })

    it('leave the socket usable when they end', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull', { receiveTimeout: 5 })
      await pull.bind(endpoint)
      for (let round = 0; round < 3; round++) {
        await expect(pull.receive()).rejects.toMatchObject(failures.again)
      }
      pull.receiveTimeout = -1
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      expect(texts(await pull.receive())).toEqual(['x'])
    })

    it('that end do not send the message later', async () => {
      const endpoint = stage.endpoint()
      const push = stage.open('Push', { sendTimeout: 5 })
      await push.bind(endpoint)
      await expect(push.send('too late')).rejects.toMatchObject(failures.again)
      push.sendTimeout = -1
      const [pull] = await stage.farPeers('Pull', 1, endpoint)
      await push.send('in time')
      expect(texts(await pull!.receive())).toEqual(['in time'])
    })

    it('cannot be less than -1', () => {
      const pair = stage.open('Pair')
      expect(() => (pair.sendTimeout = -2)).toThrow(failures.invalid.message)
      expect(() => (pair.receiveTimeout = -2)).toThrow(failures.invalid.message)
    })
  })
}
