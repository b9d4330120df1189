import { describe, expect, it } from 'vitest'
import { failureOf, failures, thrownBy } from '../support/suiteErrors.ts'
import { take, useStage } from '../support/suiteStage.ts'
import type { MessageLike } from '../support/suiteApi.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** PEER: many to many, in single frames, with a number for each connection. */
export function describePeer(subject: Subject): void {
  describe('PEER', () => {
    const stage = useStage(subject)

    it('sends to the number that `connectPeer` gave, and answers to the one a message had', async () => {
      const endpoint = stage.endpoint()
      const peer = stage.open('Peer')
      await peer.bind(endpoint)
      const other = stage.open('Peer')
      const routingId = other.connectPeer(endpoint)
      await other.send('ping', { routingId })
      const [ping, options] = await peer.receive()
      expect(String(ping)).toBe('ping')
      await peer.send('pong', options)
      const [pong, back] = await other.receive()
      expect([String(pong), back.routingId]).toEqual(['pong', routingId])
    })

    it('sends before anybody has bound', async () => {
      const endpoint = stage.endpoint()
      const other = stage.open('Peer')
      await other.send('early', { routingId: other.connectPeer(endpoint) })
      const peer = stage.open('Peer')
      await peer.bind(endpoint)
      expect(String((await peer.receive())[0])).toBe('early')
    })

    it('talks to several others, each by its number', async () => {
      const endpoint = stage.endpoint()
      const peer = stage.open('Peer')
      await peer.bind(endpoint)
      const others = []
      for (let index = 0; index < 3; index++) {
        const other = stage.open('Peer')
        const routingId = other.connectPeer(endpoint)
        others.push(other)
        await other.send(String(index), { routingId })
      }
      for (const [message, options] of await take(peer, 3)) {
        await peer.send(`answer to ${String(message)}`, options)
      }
      for (const [index, other] of others.entries()) {
        expect(String((await other.receive())[0])).toBe(`answer to ${index}`)
      }
    })

    it('says EHOSTUNREACH for an unknown number', async () => {
      const peer = stage.open('Peer', { sendTimeout: 0 })
      await peer.bind(stage.endpoint())
      await expect(peer.send('x', { routingId: 7 })).rejects.toMatchObject(failures.unreachable)
    })

    it('says EHOSTUNREACH once the other has gone', async () => {
      const endpoint = stage.endpoint()
      const peer = stage.open('Peer', { sendTimeout: 0 })
      await peer.bind(endpoint)
      const other = stage.open('Peer')
      const routingId = other.connectPeer(endpoint)
      await other.send('x', { routingId })
      const [, options] = await peer.receive()
      other.close()
      await stage.loses(peer, 1, endpoint)
      await expect(peer.send('x', options)).rejects.toMatchObject(failures.unreachable)
    })

    it('connects only to somebody who is there with `immediate`, so it has no number to give', () => {
      const peer = stage.open('Peer', { immediate: true })
      expect(thrownBy(() => peer.connectPeer(stage.endpoint()))).toMatchObject({ code: 'EFAULT' })
    })

    it('refuses messages of several frames', async () => {
      const endpoint = stage.endpoint()
      const peer = stage.open('Peer')
      await peer.bind(endpoint)
      const other = stage.open('Peer')
      const routingId = other.connectPeer(endpoint)
      const several = ['a', 'b'] as unknown as MessageLike
      expect(await failureOf(() => other.send(several, { routingId }))).toMatchObject(
        failures.invalid,
      )
    })
  })
}
