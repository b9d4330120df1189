import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import { bytes } from '../testing/bytes.test-support.ts'
import { dealer, pull, push, shakeHands, side } from '../testing/handshake.test-support.ts'
import { Metadata } from '../wire/metadata.ts'
import type { Authenticator } from './mechanism.ts'
import { NullMechanism } from './nullMechanism.ts'

const one = (self = push, authenticator?: Authenticator) =>
  side((events) => new NullMechanism(self, events, authenticator))

const READY_PULL = '05 "READY" 0b "Socket-Type" 00 00 00 04 "PULL"'

describe('NULL', () => {
  it('sends READY without waiting, as the RFC has it', () => {
    const client = one(dealer)
    client.mechanism.start()
    const identity = '08 "Identity" 00 00 00 03 "bob"'
    const ready = `05 "READY" 0b "Socket-Type" 00 00 00 06 "DEALER" ${identity}`
    expect(client.witness.sent).toEqual([bytes(ready)])
    expect(client.witness.outcome).toBeUndefined()
  })

  it('is ready when both sides have told who they are', () => {
    const client = one(push)
    const server = one({ ...pull, properties: [['X-Place', Buffer.from('here')]] })
    shakeHands(client, server)
    expect(server.witness.peer).toMatchObject({ socketType: 'PUSH', userId: '', cipher: undefined })
    expect(client.witness.peer).toMatchObject({ socketType: 'PULL' })
    expect(client.witness.peer!.metadata.get('x-place')).toEqual(Buffer.from('here'))
    expect(client.witness.sent).toHaveLength(1)
    expect(server.witness.sent).toHaveLength(1)
  })

  it('takes a peer that does not tell its type', () => {
    const client = one()
    client.mechanism.start()
    client.mechanism.receive(bytes('05 "READY"'))
    expect(client.witness.peer).toMatchObject({ socketType: undefined, routingId: Buffer.alloc(0) })
  })

  it('gives the routing id of the peer', () => {
    const server = one({ ...dealer, socketType: 6 })
    shakeHands(one(dealer), server)
    expect(server.witness.peer!.routingId).toEqual(Buffer.from('bob'))
  })

  it.each([
    [
      'a type that it cannot talk to',
      '05 "READY" 0b "Socket-Type" 00000003 "SUB"',
      'INCOMPATIBLE_PEER',
    ],
    ['metadata that is cut off', '05 "READY" 0b "Socket', 'INVALID_METADATA'],
    [
      'a routing id that is too long',
      `05 "READY" 08 "Identity" 00000100 ${'00'.repeat(256)}`,
      'INVALID_METADATA',
    ],
    ['another command', '07 "WELCOME"', 'UNEXPECTED_COMMAND'],
    ['a command of any name', '0b "constructor"', 'UNEXPECTED_COMMAND'],
    ['a command without a name', '00', 'MALFORMED_COMMAND'],
    ['an empty command', '', 'MALFORMED_COMMAND'],
    ['an ERROR that is cut off', '05 "ERROR" 03 "40"', 'MALFORMED_COMMAND'],
    ['an ERROR for other reasons', '05 "ERROR" 04 "full"', 'DENIED'],
  ])('fails on %s', (_, command, code) => {
    const client = one()
    client.mechanism.start()
    client.mechanism.receive(bytes(command))
    expect(client.witness.outcome).toBe(code)
    // And takes no notice of what follows.
    client.mechanism.receive(bytes(READY_PULL))
    expect(client.witness.outcome).toBe(code)
  })

  describe('with an authenticator', () => {
    it('tells who it is once the peer is let in', async () => {
      const metadata = new Metadata()
      const server = one(pull, async (request) => {
        expect(request).toMatchObject({ mechanism: 'NULL', credentials: [] })
        return { accepted: true, userId: 'alice', metadata }
      })
      const client = one()
      shakeHands(client, server)
      expect(server.witness.sent).toEqual([])
      await Promise.all([server.witness.ended, client.witness.ended])
      expect(server.witness.peer).toMatchObject({ userId: 'alice', userMetadata: metadata })
      expect(client.witness.outcome).toBe('ready')
    })

    it.each([400, 500] as const)('sends the status %i of who is not let in', async (status) => {
      const server = one(pull, () => ({ accepted: false, status, text: 'not here' }))
      const client = one()
      shakeHands(client, server)
      await Promise.all([server.witness.ended, client.witness.ended])
      expect(server.witness.sent).toEqual([bytes(`05 "ERROR" 03 "${status}"`)])
      expect(server.witness.error).toMatchObject({ code: 'DENIED', status })
      expect(server.witness.error!.message).toContain('not here')
      expect(client.witness.error).toMatchObject({ code: 'DENIED', status })
    })

    it('says nothing with the status 300, so that the peer comes again', async () => {
      const server = one(pull, () => ({ accepted: false, status: 300 }))
      server.mechanism.start()
      await server.witness.ended
      expect(server.witness.sent).toEqual([])
      expect(server.witness.error).toMatchObject({ code: 'DENIED', status: 300 })
    })

    it('fails when the authenticator does, with its reason', async () => {
      const cause = new Error('no such file')
      const server = one(pull, () => Promise.reject(cause))
      server.mechanism.start()
      await server.witness.ended
      expect(server.witness.error).toMatchObject({ code: 'AUTHENTICATOR_FAILED', cause })
      const error = new WireError('INVALID_METADATA', 'of the authenticator')
      const other = one(pull, () => {
        throw error
      })
      other.mechanism.start()
      await other.witness.ended
      expect(other.witness.error).toBe(error)
    })

    it('refuses a second READY while it waits', () => {
      const server = one(pull, () => new Promise(() => {}))
      server.mechanism.start()
      const ready = bytes('05 "READY" 0b "Socket-Type" 00 00 00 04 "PUSH"')
      server.mechanism.receive(ready)
      expect(server.witness.outcome).toBeUndefined()
      server.mechanism.receive(ready)
      expect(server.witness.outcome).toBe('UNEXPECTED_COMMAND')
    })

    it('says nothing once it is closed', async () => {
      let decide: Parameters<ConstructorParameters<typeof Promise<{ accepted: true }>>[0]>[0]
      const verdict = new Promise<{ accepted: true }>((resolve) => {
        decide = resolve
      })
      const server = one(pull, () => verdict)
      server.mechanism.start()
      server.mechanism.close()
      decide!({ accepted: true })
      await verdict
      await new Promise(setImmediate)
      expect(server.witness.sent).toEqual([])
      expect(server.witness.outcome).toBeUndefined()
    })
  })
})
