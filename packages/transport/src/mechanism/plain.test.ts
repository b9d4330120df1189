import { describe, expect, it } from 'vitest'
import { bytes } from '../testing/bytes.test-support.ts'
import { dealer, pull, push, shakeHands, side } from '../testing/handshake.test-support.ts'
import type { Authenticator } from './mechanism.ts'
import { PlainClient } from './plainClient.ts'
import { PlainServer } from './plainServer.ts'

const alice = { username: 'alice', password: 'secret' }

const clientSide = (credentials = alice, self = push) =>
  side((events) => new PlainClient(self, events, credentials))

/** Knows alice. */
const knowsAlice: Authenticator = async ({ credentials: [name, password] }) =>
  name!.equals(Buffer.from('alice')) && password!.equals(Buffer.from('secret'))
    ? { accepted: true, userId: 'alice' }
    : { accepted: false, status: 400 }

const serverSide = (authenticator = knowsAlice, self = pull) =>
  side((events) => new PlainServer(self, events, authenticator))

const HELLO = '05 "HELLO" 05 "alice" 06 "secret"'
const INITIATE = '08 "INITIATE" 0b "Socket-Type" 00 00 00 04 "PUSH"'
const READY = '05 "READY" 0b "Socket-Type" 00 00 00 04 "PULL"'

describe('PLAIN', () => {
  it('shakes hands as the RFC has it', async () => {
    const client = clientSide()
    const server = serverSide()
    shakeHands(client, server)
    await Promise.all([client.witness.ended, server.witness.ended])
    expect(client.witness.sent).toEqual([bytes(HELLO), bytes(INITIATE)])
    expect(server.witness.sent).toEqual([bytes('07 "WELCOME"'), bytes(READY)])
    expect(server.witness.peer).toMatchObject({ socketType: 'PUSH', userId: 'alice' })
    expect(client.witness.peer).toMatchObject({ socketType: 'PULL', userId: '' })
  })

  it('asks the authenticator for name and password, which are its to keep', async () => {
    let credentials: readonly Buffer[] = []
    const server = serverSide((request) => {
      expect(request.mechanism).toBe('PLAIN')
      credentials = request.credentials
      return { accepted: true }
    })
    const hello = bytes(HELLO)
    server.mechanism.start()
    server.mechanism.receive(hello)
    hello.fill(0)
    expect(credentials).toEqual([Buffer.from('alice'), Buffer.from('secret')])
  })

  it('tells the authenticator when its answer is not wanted any more', () => {
    let signal: AbortSignal | undefined
    const server = serverSide((request) => {
      ;({ signal } = request)
      return new Promise(() => undefined)
    })
    server.mechanism.start()
    server.mechanism.receive(bytes(HELLO))
    expect(signal?.aborted).toBe(false)
    server.mechanism.close()
    expect(signal?.aborted).toBe(true)
  })

  it.each([
    ['', ''],
    ['ä', '€'],
    ['x'.repeat(255), 'y'.repeat(255)],
  ])('takes names and passwords of any kind: %j', async (username, password) => {
    const client = clientSide({ username, password })
    const server = serverSide(({ credentials }) => ({
      accepted: true,
      userId: credentials.map((each) => each.toString()).join(),
    }))
    shakeHands(client, server)
    await server.witness.ended
    expect(server.witness.peer!.userId).toBe(`${username},${password}`)
  })

  it('takes no name or password of more than 255 bytes', () => {
    expect(() => clientSide({ ...alice, username: 'x'.repeat(256) })).toThrow(RangeError)
    expect(() => clientSide({ ...alice, password: 'ä'.repeat(128) })).toThrow(RangeError)
  })

  it('tells a wrong password, in the words that libzmq understands', async () => {
    const client = clientSide({ ...alice, password: 'wrong' })
    const server = serverSide()
    shakeHands(client, server)
    await Promise.all([client.witness.ended, server.witness.ended])
    expect(server.witness.sent).toEqual([bytes('"^RROR" 03 "400"')])
    expect(server.witness.error).toMatchObject({ code: 'DENIED', status: 400 })
    expect(client.witness.error).toMatchObject({ code: 'DENIED', status: 400 })
    for (const side of [client, server]) expect(side.witness.error!.message).not.toContain('wrong')
  })

  it('understands an ERROR by the RFC as well', () => {
    const client = clientSide()
    client.mechanism.start()
    client.mechanism.receive(bytes('05 "ERROR" 03 "500"'))
    expect(client.witness.error).toMatchObject({ code: 'DENIED', status: 500 })
  })

  it('says nothing with the status 300', async () => {
    const server = serverSide(() => ({ accepted: false, status: 300 }))
    shakeHands(clientSide(), server)
    await server.witness.ended
    expect(server.witness.sent).toEqual([])
    expect(server.witness.error).toMatchObject({ code: 'DENIED', status: 300 })
  })

  it('fails when types cannot talk to each other, before it says who it is', async () => {
    const server = serverSide()
    shakeHands(clientSide(alice, dealer), server)
    await server.witness.ended
    expect(server.witness.outcome).toBe('INCOMPATIBLE_PEER')
    expect(server.witness.sent).toEqual([bytes('07 "WELCOME"')])
  })

  it.each([
    ['nothing', '05 "HELLO"'],
    ['a name that is cut off', '05 "HELLO" 05 "alic"'],
    ['no password', '05 "HELLO" 05 "alice"'],
    ['a password that is cut off', '05 "HELLO" 05 "alice" 06 "secre"'],
    ['more than a password', '05 "HELLO" 05 "alice" 06 "secret" 00'],
  ])('refuses a HELLO with %s', (_, hello) => {
    const server = serverSide()
    server.mechanism.start()
    server.mechanism.receive(bytes(hello))
    expect(server.witness.error).toMatchObject({ code: 'MALFORMED_COMMAND', command: 'HELLO' })
  })

  it('refuses a WELCOME with content', () => {
    const client = clientSide()
    client.mechanism.start()
    client.mechanism.receive(bytes('07 "WELCOME" 00'))
    expect(client.witness.error).toMatchObject({ code: 'MALFORMED_COMMAND', command: 'WELCOME' })
  })

  const commands: Readonly<Record<string, string>> = {
    HELLO,
    WELCOME: '07 "WELCOME"',
    INITIATE,
    READY,
    ERROR: '05 "ERROR" 03 "400"',
    MESSAGE: '07 "MESSAGE"',
    PING: '04 "PING" 00 00',
    SUBSCRIBE: '09 "SUBSCRIBE"',
  }
  /** What is expected after these commands have come; everything else is refused. */
  const expectations = [
    ['client', [], ['WELCOME', 'ERROR']],
    ['client', ['WELCOME'], ['READY', 'ERROR']],
    ['server', [], ['HELLO']],
    ['server', ['HELLO'], ['INITIATE']],
  ] as const

  describe.each(expectations)('a %s after %j', (who, before, expected) => {
    const reach = async () => {
      const one = who === 'client' ? clientSide() : serverSide()
      one.mechanism.start()
      for (const name of before) one.mechanism.receive(bytes(commands[name]!))
      // The authenticator answers in a moment.
      await new Promise(setImmediate)
      return one
    }

    it.each(Object.keys(commands))('%s', async (name) => {
      const one = await reach()
      one.mechanism.receive(bytes(commands[name]!))
      const isExpected = (expected as readonly string[]).includes(name)
      expect(one.witness.outcome === 'UNEXPECTED_COMMAND').toBe(!isExpected)
      if (!isExpected) expect(one.witness.error!.command).toBe(name)
    })
  })

  it('refuses whatever comes while the authenticator thinks', () => {
    const server = serverSide(() => new Promise(() => {}))
    server.mechanism.start()
    server.mechanism.receive(bytes(HELLO))
    server.mechanism.receive(bytes(INITIATE))
    expect(server.witness.outcome).toBe('UNEXPECTED_COMMAND')
  })
})
