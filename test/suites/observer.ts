import { describe, expect, it } from 'vitest'
import { failureOf, failures, thrownBy } from '../support/suiteErrors.ts'
import { itWith, eventLoopTurns, useStage } from '../support/suiteStage.ts'
import type { ObserverEvent } from '../support/suiteApi.ts'
import type { Subject } from '../support/suiteSubject.ts'

const everyType = [
  'accept',
  'accept:error',
  'bind',
  'bind:error',
  'close',
  'close:error',
  'connect',
  'connect:delay',
  'connect:retry',
  'disconnect',
  'end',
  'handshake',
  'handshake:error:auth',
  'handshake:error:other',
  'handshake:error:protocol',
  'unknown',
]

/** What a socket tells about itself. */
export function describeObserver(subject: Subject): void {
  describe('`events`', () => {
    const stage = useStage(subject)
    const itInproc = itWith(subject, 'inproc')

    it('is one and the same object', () => {
      const pull = stage.open('Pull')
      expect(pull.events).toBe(pull.events)
      expect(pull.events.closed).toBe(false)
    })

    it('ends with `end` when the socket is closed', async () => {
      const pull = stage.open('Pull')
      const receiving = pull.events.receive()
      pull.close()
      expect(await receiving).toEqual({ type: 'end' })
    })

    it('is closed once the end was read', async () => {
      const pull = stage.open('Pull')
      const { events } = pull
      const receiving = events.receive()
      pull.close()
      await receiving
      expect(events.closed).toBe(true)
      expect(thrownBy(() => events.receive())).toMatchObject(failures.closed)
    })

    it('calls those who listen', async () => {
      const pull = stage.open('Pull')
      const ended = new Promise<ObserverEvent>((resolve) => pull.events.on('end', resolve))
      pull.close()
      expect(await ended).toEqual({ type: 'end' })
    })

    it('does not call those who no longer listen', async () => {
      const pull = stage.open('Pull')
      const calls: string[] = []
      const first = () => calls.push('first')
      pull.events.on('end', first)
      const ended = new Promise<void>((resolve) => {
        pull.events.on('end', () => {
          calls.push('second')
          resolve()
        })
      })
      pull.events.off('end', first)
      pull.close()
      await ended
      expect(calls).toEqual(['second'])
    })

    it('cannot be read by those who listen', () => {
      const pull = stage.open('Pull')
      pull.events.on('end', () => undefined)
      expect(thrownBy(() => pull.events.receive())).toMatchObject({
        message:
          'Observer is in event emitter mode. After a call to events.on() it is not possible ' +
          'to read events with events.receive().',
      })
    })

    it('refuses a second reader with EBUSY', async () => {
      const pull = stage.open('Pull')
      const receiving = pull.events.receive()
      expect(thrownBy(() => pull.events.receive())).toMatchObject({
        code: 'EBUSY',
        errno: 16,
        message:
          'Observer is busy reading; only one receive operation may be in progress at any time',
      })
      pull.close()
      expect(await receiving).toEqual({ type: 'end' })
    })

    it('can be iterated', async () => {
      const pull = stage.open('Pull')
      const { events } = pull
      const loop = (async () => {
        const types: string[] = []
        for await (const event of events) types.push(event.type)
        return types
      })()
      pull.close()
      expect(await loop).toEqual(['end'])
    })

    it('can be closed while the socket goes on', async () => {
      const pull = stage.open('Pull')
      const { events } = pull
      const receiving = failureOf(() => events.receive())
      events.close()
      expect(events.closed).toBe(true)
      expect(await receiving).toBeInstanceOf(Error)
      expect(pull.closed).toBe(false)
    })

    it('cannot be had from a closed socket', () => {
      const pull = stage.open('Pull')
      pull.close()
      expect(thrownBy(() => pull.events)).toMatchObject(failures.notSocket)
    })

    itInproc('has nothing to tell over inproc but the end', async () => {
      const endpoint = stage.endpoint()
      const pull = stage.open('Pull')
      const types: string[] = []
      const ended = new Promise((resolve) => pull.events.on('end', resolve))
      for (const type of everyType) pull.events.on(type, (event) => types.push(event.type))
      await pull.bind(endpoint)
      const [push] = await stage.farPeers('Push', 1, endpoint)
      await push!.send('x')
      await pull.receive()
      await push!.close()
      await pull.unbind(endpoint)
      pull.close()
      await ended
      await eventLoopTurns()
      expect(types).toEqual(['end'])
    })
  })
}
