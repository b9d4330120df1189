import { describe, expect, it } from 'vitest'
import { failureOf, failures } from '../support/suiteErrors.ts'
import { itWith, take, useStage, watch } from '../support/suiteStage.ts'
import type { MessageLike } from '../support/suiteApi.ts'
import type { Subject } from '../support/suiteSubject.ts'

/** RFC 41/CLISRV: asking and answering in single frames, with a number for each client. */
export function describeClientServer(subject: Subject): void {
  describe('CLIENT and SERVER', () => {
    const stage = useStage(subject)
    const itExact = itWith(subject, 'exactHighWaterMark')

    it('receive a message with the number of its sender, and answer to that number', async () => {
      const endpoint = stage.endpoint()
      const server = stage.open('Server')
      await server.bind(endpoint)
      const [client] = await stage.farPeers('Client', 1, endpoint)
      await client!.send('question')
      const [question, options] = await server.receive()
      expect(String(question)).toBe('question')
      expect(options.routingId).toBeGreaterThan(0)
      expect(options.routingId).toBeLessThan(2 ** 32)
      await server.send('answer', options)
      expect(String((await client!.receive())[0])).toBe('answer')
    })

    it('number every client differently, and the same one alike', async () => {
      const endpoint = stage.endpoint()
      const server = stage.open('Server')
      await server.bind(endpoint)
      const clients = await stage.farPeers('Client', 3, endpoint)
      for (const client of [...clients, ...clients]) await client.send('x')
      const ids = (await take(server, 6)).map(([, { routingId }]) => routingId)
      const counts = new Map<number, number>()
      for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
      expect([...counts.values()]).toEqual([2, 2, 2])
    })

    it('answer each client separately, in any order and any number', async () => {
      const endpoint = stage.endpoint()
      const server = stage.open('Server')
      await server.bind(endpoint)
      const clients = await stage.farPeers('Client', 3, endpoint)
      for (const [index, client] of clients.entries()) await client.send(String(index))
      const questions = await take(server, 3)
      for (const [question, options] of questions.reverse()) {
        await server.send(`first answer to ${String(question)}`, options)
        await server.send(`second answer to ${String(question)}`, options)
      }
      for (const [index, client] of clients.entries()) {
        const answers = (await client.take(2)).map(String)
        expect(answers).toEqual([`first answer to ${index}`, `second answer to ${index}`])
      }
    })

    it('ask each server in turn', async () => {
      const client = stage.open('Client')
      const servers = []
      for (let index = 0; index < 2; index++) {
        const endpoint = stage.endpoint()
        const server = stage.open('Server')
        await server.bind(endpoint)
        client.connect(endpoint)
        servers.push(server)
      }
      for (const text of ['0', '1', '2', '3']) await client.send(text)
      const shares = []
      for (const server of servers) {
        shares.push((await take(server, 2)).map(([question]) => Number(String(question))))
      }
      for (const [first, second] of shares) expect(second! - first!).toBe(2)
    })

    it('block a CLIENT without a server', async () => {
      const client = stage.open('Client', { sendTimeout: 0, receiveTimeout: 0 })
      expect(client.writable).toBe(false)
      await expect(client.send('nobody')).rejects.toMatchObject(failures.again)
      await expect(client.receive()).rejects.toMatchObject(failures.again)
    })

    it('say EHOSTUNREACH for a number that no client has', async () => {
      const server = stage.open('Server', { sendTimeout: 0 })
      await server.bind(stage.endpoint())
      await expect(server.send('x', { routingId: 12345 })).rejects.toMatchObject(
        failures.unreachable,
      )
    })

    it('say EHOSTUNREACH once that client has gone', async () => {
      const endpoint = stage.endpoint()
      const server = stage.open('Server', { sendTimeout: 0 })
      await server.bind(endpoint)
      const [client] = await stage.farPeers('Client', 1, endpoint)
      await client!.send('x')
      const [, options] = await server.receive()
      await client!.close()
      await stage.loses(server, 1, endpoint)
      await expect(server.send('x', options)).rejects.toMatchObject(failures.unreachable)
    })

    it('refuse the number 0', async () => {
      const server = stage.open('Server', { sendTimeout: 0 })
      const failure = await failureOf(() => server.send('x', { routingId: 0 }))
      expect(failure).toMatchObject(failures.invalid)
    })

    it('refuse messages of several frames', async () => {
      const endpoint = stage.endpoint()
      const server = stage.open('Server')
      await server.bind(endpoint)
      const client = stage.open('Client')
      client.connect(endpoint)
      const several = ['a', 'b'] as unknown as MessageLike
      expect(await failureOf(() => client.send(several))).toMatchObject(failures.invalid)
      await client.send('one')
      const [message, options] = await server.receive()
      expect(String(message)).toBe('one')
      expect(await failureOf(() => server.send(several, options))).toMatchObject(failures.invalid)
      await server.send('one', options)
      expect(String((await client.receive())[0])).toBe('one')
    })

    itExact('wait while the queue to a client is full: a SERVER never drops', async () => {
      const endpoint = stage.endpoint()
      const server = stage.open('Server', { sendHighWaterMark: 1, sendTimeout: 0 })
      await server.bind(endpoint)
      const [client] = await stage.farPeers('Client', 1, endpoint, { receiveHighWaterMark: 1 })
      await client!.send('x')
      const [, options] = await server.receive()
      await server.send('1', options)
      await server.send('2', options)
      await expect(server.send('3', options)).rejects.toMatchObject(failures.again)
      server.sendTimeout = -1
      const sending = watch(server.send('3', options))
      expect((await client!.take(3)).map(String)).toEqual(['1', '2', '3'])
      await sending.promise
    })
  })
}
