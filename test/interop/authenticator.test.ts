import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Authenticator,
  type AuthenticatorOptions,
  Context,
  curveKeyPair,
  Dealer,
  loadCertificate,
  Router,
  saveCertificate,
} from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import * as zeromq from 'zeromq'
import { nextEvent, Opened, schemes } from './libraries.ts'

/** The ready-made authenticator in front of a server of ours, and clients of libzmq. */

zeromq.context.blocky = false
const opened = new Opened()
afterEach(() => opened.close())

const keys = { client: curveKeyPair(), server: curveKeyPair(), stranger: curveKeyPair() }
const plainServer = { plainServer: true }
const curveServer = { curveServer: true, curveSecretKey: keys.server.secretKey }
const password = (plainUsername: string, plainPassword: string) => ({
  plainUsername,
  plainPassword,
})
const keyOf = ({ publicKey, secretKey } = keys.client) => ({
  curvePublicKey: publicKey,
  curveSecretKey: secretKey,
  curveServerKey: keys.server.publicKey,
})

const authenticate = (options: AuthenticatorOptions): Authenticator =>
  opened.add(new Authenticator(options))

/** `in`, or with which status a client was refused. */
async function outcome(
  client: object,
  server: ConstructorParameters<typeof Router>[0] = plainServer,
  anywhere = 'tcp://127.0.0.1:*',
): Promise<string> {
  const router = opened.add(new Router({ ...server, linger: 0 }))
  await router.bind(anywhere)
  // Who is refused does not ask again: the authenticator is asked once by each.
  const dealer = opened.add(new zeromq.Dealer({ ...client, linger: 0, reconnectInterval: -1 }))
  const refused = nextEvent(dealer, 'handshake:error:auth').then(
    (event) => `${(event as zeromq.EventOfType<'handshake:error:auth'>).error.status}`,
  )
  const letIn = nextEvent(dealer, 'handshake').then(() => 'in')
  dealer.connect(router.lastEndpoint!)
  return Promise.race([refused, letIn])
}

describe('passwords', () => {
  it.each([
    ['an object', { alice: 'secret', bob: '' }],
    [
      'a map',
      new Map([
        ['alice', 'secret'],
        ['bob', ''],
      ]),
    ],
    ['a function', async (name: string, given: string) => name === 'alice' && given === 'secret'],
  ])('from %s', async (_, plain) => {
    authenticate({ plain })
    expect(await outcome(password('alice', 'secret'))).toBe('in')
    expect(await outcome(password('alice', 'Secret'))).toBe('400')
    expect(await outcome(password('carol', 'secret'))).toBe('400')
    expect(await outcome(password('toString', 'secret'))).toBe('400')
  })

  it('are told whom they are for', async () => {
    const asked: unknown[] = []
    authenticate({
      plain: (...all) => {
        asked.push(all)
        return true
      },
    })
    await outcome(password('alice', 'secret'), { ...plainServer, zapDomain: 'global' })
    expect(asked).toEqual([['alice', 'secret', { domain: 'global', address: '127.0.0.1' }]])
  })

  it('let nobody in where there are none', async () => {
    authenticate({ curve: 'any' })
    expect(await outcome(password('alice', 'secret'))).toBe('400')
  })

  it('a function that fails refuses with 500, and its error is told', async () => {
    const errors: Error[] = []
    const failure = new Error('no connection to the directory')
    authenticate({
      plain: () => Promise.reject(failure),
      onError: (error) => errors.push(error),
    })
    expect(await outcome(password('alice', 'secret'))).toBe('500')
    expect(errors).toEqual([failure])
  })
})

describe('keys', () => {
  it.each([
    ['a list', [keys.client.publicKey]],
    ['a set', new Set([keys.client.publicKey])],
    ['a function', (key: string) => key === keys.client.publicKey],
  ])('from %s', async (_, curve) => {
    authenticate({ curve })
    expect(await outcome(keyOf(), curveServer)).toBe('in')
    expect(await outcome(keyOf(keys.stranger), curveServer)).toBe('400')
  })

  it('of any client', async () => {
    authenticate({ curve: 'any' })
    expect(await outcome(keyOf(keys.stranger), curveServer)).toBe('in')
  })

  it('let nobody in where there are none', async () => {
    authenticate({ plain: { alice: 'secret' } })
    expect(await outcome(keyOf(), curveServer)).toBe('400')
  })

  it('from a folder of certificates, which come and go', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ringpost-certificates-'))
    try {
      await writeFile(join(folder, 'README'), 'Public keys of clients')
      await saveCertificate(join(folder, 'client.key'), keys.client)
      authenticate({ curve: { folder } })
      const client = await loadCertificate(join(folder, 'client.key_secret'))
      expect(client).toEqual(keys.client)
      expect(await outcome(keyOf(), curveServer)).toBe('in')
      expect(await outcome(keyOf(keys.stranger), curveServer)).toBe('400')
      await saveCertificate(join(folder, 'stranger.key'), keys.stranger)
      expect(await outcome(keyOf(keys.stranger), curveServer)).toBe('in')
      await rm(join(folder, 'client.key'))
      expect(await outcome(keyOf(), curveServer)).toBe('400')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('from a folder that is not there: 500, and its error is told', async () => {
    const errors: Error[] = []
    authenticate({
      curve: { folder: '/nowhere/at/all' },
      onError: (error) => errors.push(error),
    })
    expect(await outcome(keyOf(), curveServer)).toBe('500')
    expect(errors).toEqual([expect.objectContaining({ code: 'ENOENT' })])
  })
})

describe('addresses', () => {
  it.each([
    [{ allow: ['127.0.0.0/8'] }, 'in'],
    [{ allow: ['10.0.0.0/8'] }, '400'],
    [{ deny: ['127.0.0.1'] }, '400'],
    [{ deny: ['127.0.0.2'] }, 'in'],
    [{ allow: ['127.0.0.1'], deny: ['127.0.0.0/8'] }, '400'],
  ])('%j', async (rules, expected) => {
    authenticate({ ...rules, plain: { alice: 'secret' } })
    expect(await outcome(password('alice', 'secret'))).toBe(expected)
    expect(await outcome({}, { zapDomain: 'global' })).toBe(expected)
  })

  it.each([
    [{ allow: ['localhost'] }, 'in'],
    [{ allow: ['127.0.0.1'] }, '400'],
    [{ deny: ['localhost'] }, '400'],
  ])('over ipc: %j', async (rules, expected) => {
    const { anywhere } = schemes[1]!
    authenticate({ ...rules, plain: { alice: 'secret' } })
    expect(await outcome(password('alice', 'secret'), plainServer, anywhere())).toBe(expected)
  })
})

describe('an authenticator', () => {
  it('has rules of their own for some domains', async () => {
    authenticate({
      plain: { alice: 'secret' },
      domains: { inner: { plain: { bob: 'hidden' } } },
    })
    const inner = { ...plainServer, zapDomain: 'inner' }
    expect(await outcome(password('alice', 'secret'))).toBe('in')
    expect(await outcome(password('alice', 'secret'), inner)).toBe('400')
    expect(await outcome(password('bob', 'hidden'), inner)).toBe('in')
    expect(await outcome(password('bob', 'hidden'))).toBe('400')
  })

  it('decides about hundreds at once', async () => {
    const clients = 300
    let waiting = 0
    let goOn = (): void => undefined
    const all = new Promise<void>((resolve) => (goOn = resolve))
    authenticate({
      plain: async () => {
        if (++waiting === clients) goOn()
        await all
        return true
      },
    })
    const router = opened.add(new Router({ ...plainServer, linger: 0 }))
    await router.bind('tcp://127.0.0.1:*')
    for (let i = 0; i < clients; i++) {
      const dealer = opened.add(new Dealer({ ...password('alice', String(i)), linger: 0 }))
      dealer.connect(router.lastEndpoint!)
      await dealer.send(String(i))
    }
    const arrived = new Set<string>()
    for (let i = 0; i < clients; i++) arrived.add(String((await router.receive())[1]))
    expect(arrived.size).toBe(clients)
  })

  it('is the only one of its context, until it is closed', async () => {
    const other = new Context()
    {
      using first = new Authenticator()
      expect(() => new Authenticator()).toThrow(
        expect.objectContaining({
          code: 'EADDRINUSE',
          address: 'inproc://zeromq.zap.01',
          message:
            'Address already in use: the context has an authenticator, at inproc://zeromq.zap.01, and may have one',
        }),
      )
      authenticate({ context: other })
      expect(first.closed).toBe(false)
    }
    authenticate({ plain: { alice: 'secret' } })
    expect(await outcome(password('alice', 'secret'))).toBe('in')
  })

  it('closes with its context', async () => {
    const context = new Context()
    const authenticator = authenticate({ context })
    context.shutdown()
    await expect.poll(() => authenticator.closed).toBe(true)
  })

  it.each([
    [{ allow: ['10.0.0.0/33'] }, '"10.0.0.0/33" is no address and no network'],
    [{ deny: ['example.com'] }, '"example.com" is no address and no network'],
    [{ plain: { alice: 1 } }, 'A password must be a string'],
    [{ curve: ['short'] }, 'A key is 32 bytes, or 40 characters of Z85'],
    [
      { curve: keys.client.publicKey },
      "curve must be an array or a Set of keys, 'any', { folder } or a function",
    ],
    [
      { curve: Buffer.alloc(32) },
      "curve must be an array or a Set of keys, 'any', { folder } or a function",
    ],
    [{ domains: { a: { allow: ['b'] } } }, '"b" is no address and no network'],
    [5, 'Options must be an object'],
    [null, 'Options must be an object'],
    [{ denny: ['192.0.2.0/24'] }, 'Unknown option "denny"'],
    [{ plian: {} }, 'Unknown option "plian"'],
    [{ domains: { a: { denny: [] } } }, 'Unknown option "denny"'],
    [{ domains: { a: { onError: () => 0 } } }, 'Unknown option "onError"'],
    [{ domains: { a: 5 } }, 'Options must be an object'],
    [{ domains: new Map([['a', {}]]) }, 'domains must be an object'],
    [{ allow: '127.0.0.1' }, 'allow must be a list of addresses and networks'],
    [{ deny: null }, 'deny must be a list of addresses and networks'],
    [{ deny: [5] }, 'An address must be a string'],
    [{ plain: null }, 'plain must be an object'],
    [{ plain: 'secret' }, 'plain must be an object'],
    [{ plain: ['alice', 'secret'] }, 'plain must be an object'],
    [{ curve: null }, "curve must be an array or a Set of keys, 'any', { folder } or a function"],
    [{ curve: {} }, "curve must be an array or a Set of keys, 'any', { folder } or a function"],
    [
      { curve: { folder: 5 } },
      "curve must be an array or a Set of keys, 'any', { folder } or a function",
    ],
    [
      { curve: { folder: 'keys', every: 5 } },
      "curve must be an array or a Set of keys, 'any', { folder } or a function",
    ],
    [{ curve: [5] }, 'A key is 32 bytes, or 40 characters of Z85'],
    [{ onError: true }, 'onError must be a function'],
  ])('takes no rules that are none: %#', (rules, message) => {
    expect(() => new Authenticator(rules as unknown as AuthenticatorOptions)).toThrow(
      new TypeError(message),
    )
  })
})
