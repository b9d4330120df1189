import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo, type Socket as TcpStream } from 'node:net'
import {
  Context,
  context as ownThreads,
  Dealer,
  Publisher,
  Pull,
  Push,
  Router,
  Stream,
  XPublisher,
  type SocketEvent,
} from '@ringpost/transport'
import { afterEach, describe, expect, it } from 'vitest'
import { BareWebSocket, frameOf, readyOf } from '../support/bareWebSocket.ts'
import { freeTcpEndpoint } from '../support/freeEndpoints.ts'
import { runWith } from '../support/program.ts'
import { selfSigned } from '../support/certificate.ts'
import { whenClosed } from '../support/whenClosed.ts'
import { libraries, Opened } from './libraries.ts'

const places = [
  { place: 'threads of their own', context: ownThreads },
  { place: 'the loop of the sockets', context: new Context({ ioThreads: 0 }) },
]

const opened = new Opened()
afterEach(() => opened.close())

interface Observable {
  readonly events: { receive(): Promise<SocketEvent> }
}

/** Resolves at the next event of this type, read one after the other. */
async function next({ events }: Observable, wanted: string): Promise<SocketEvent> {
  for (;;) {
    const event = await events.receive()
    if (event.type === wanted) return event
  }
}

/** Commands through a WebSocket, with a context. */
const PING = Buffer.from('\u0002\u0004PING\u0000\u0000123')
const PONG = Buffer.from('\u0002\u0004PONG123')

const protocolError = (code: string): object => ({
  type: 'handshake:error:protocol',
  error: expect.objectContaining({ code }) as Error,
})

describe.each(places)('WebSockets, with I/O in $place,', ({ context }) => {
  async function pullAt(endpoint = 'ws://127.0.0.1:*', options: object = {}): Promise<Pull> {
    const pull = opened.add(new Pull({ context, ...options }))
    await pull.bind(endpoint)
    return pull
  }

  function pushTo(endpoint: string, options: object = {}): Push {
    const push = opened.add(new Push({ context, reconnectInterval: 10, ...options }))
    push.connect(endpoint)
    return push
  }

  async function bare(pull: Pull, options: object = {}): Promise<BareWebSocket> {
    return opened.add(await BareWebSocket.open(pull.lastEndpoint!, options))
  }

  /** One that has shaken hands. */
  async function barePush(pull: Pull): Promise<BareWebSocket> {
    const client = await bare(pull)
    expect((await client.frame()).payload.subarray(0, 7)).toEqual(Buffer.from('\u0002\u0005READY'))
    client.write(readyOf('PUSH'))
    await next(pull, 'handshake')
    return client
  }

  async function expectService(pull: Pull): Promise<void> {
    const push = pushTo(pull.lastEndpoint!)
    await push.send('still here')
    expect(String(await pull.receive())).toBe('still here')
  }

  describe('have endpoints', () => {
    it('with a path, or none', async () => {
      const pull = await pullAt('ws://127.0.0.1:*/a/path?and=query')
      expect(pull.lastEndpoint).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/a\/path\?and=query$/)
      await expectService(pull)
      expect((await pullAt('ws://*:0')).lastEndpoint).toMatch(/^ws:\/\/0\.0\.0\.0:\d+$/)
    })

    it('that are in use, or no endpoints', async () => {
      const pull = await pullAt()
      await expect(pullAt(pull.lastEndpoint!)).rejects.toMatchObject({ code: 'EADDRINUSE' })
      await expect(pullAt('ws://127.0.0.1')).rejects.toMatchObject({ code: 'EINVAL' })
      expect(() => pushTo('ws://127.0.0.1:1/a b')).toThrow(
        expect.objectContaining({ code: 'EINVAL' }),
      )
    })

    it('that others can take when they are given up', async () => {
      // Not any one: in between others might be given it.
      const endpoint = await freeTcpEndpoint('ws')
      const pull = await pullAt(endpoint)
      await pull.unbind(endpoint)
      await pull.bind(endpoint)
      await expectService(pull)
      expect(pull.lastEndpoint).toBe(endpoint)
    })

    it('for all types but STREAM, which has no frames', async () => {
      const stream = opened.add(new Stream({ context }))
      await expect(stream.bind('ws://127.0.0.1:*')).rejects.toMatchObject({
        code: 'ENOCOMPATPROTO',
      })
      expect(() => stream.connect('ws://127.0.0.1:1')).toThrow(
        expect.objectContaining({ code: 'ENOCOMPATPROTO' }),
      )
    })
  })

  describe('refuse', () => {
    const usual = 'Host: here\r\nUpgrade: websocket\r\nConnection: Upgrade'
    it.each([
      ['another path', 404, { subprotocol: 'ZWS2.0/NULL' }, '/other'],
      ['another subprotocol', 400, { subprotocol: 'mqtt' }, '/'],
      ['another mechanism', 400, { subprotocol: 'ZWS2.0/PLAIN' }, '/'],
      ['a request for a page', 426, { request: 'GET / HTTP/1.1\r\nHost: here' }, '/'],
      ['a request without a key', 426, { request: `GET / HTTP/1.1\r\n${usual}` }, '/'],
      ['what is no HTTP', 400, { request: 'nonsense' }, '/'],
      ['a head without end', 431, { request: `GET /${'x'.repeat(17_000)} HTTP/1.1` }, '/'],
    ])('%s, and go on', async (_, status, options, path) => {
      const pull = await pullAt('ws://127.0.0.1:*/')
      const refused = next(pull, 'handshake:error:protocol')
      const endpoint = pull.lastEndpoint!.replace(/\/$/, path)
      const client = opened.add(await BareWebSocket.ask(endpoint, options))
      expect(await client.head()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
      expect(await refused).toMatchObject({ address: pull.lastEndpoint })
      await client.closed
      await expectService(pull)
    })

    it('pages, but for those of sites that are named, and programs not', async () => {
      const pull = await pullAt('ws://127.0.0.1:*')
      const named = await pullAt('ws://127.0.0.1:*', { webSocketOrigins: 'https://app.example' })
      for (const each of [pull, named]) {
        const origin = 'https://evil.example'
        const refused = next(each, 'handshake:error:auth')
        const page = opened.add(await BareWebSocket.ask(each.lastEndpoint!, { origin }))
        expect(await page.head()).toMatch(/^HTTP\/1\.1 403 Forbidden\r\nConnection: close\r\n/)
        expect(await refused).toMatchObject({
          address: each.lastEndpoint,
          error: {
            status: 400,
            cause: { code: 'DENIED', message: `webSocketOrigins has no "${origin}"` },
          },
        })
        await page.closed
        await expectService(each)
      }
      await bare(named, { origin: 'https://app.example', subprotocol: 'ZWS2.0' })
    })

    it('a routing id that is longer than any, and goes on', async () => {
      const pull = await pullAt()
      const client = await bare(pull, { subprotocol: 'ZWS2.0' })
      const header = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0])
      // A flag, and 64 KiB: as metadata it would be more than may be told.
      client.write(header, Buffer.alloc(65_537))
      expect(await next(pull, 'handshake:error:protocol')).toMatchObject({
        error: { code: 'ERR_ZMTP_INVALID_METADATA' },
      })
      await client.closed
      await expectService(pull)
    })

    it('who says nothing, in time', async () => {
      const pull = await pullAt('ws://127.0.0.1:*', { handshakeInterval: 200 })
      const { hostname, port } = new URL(pull.lastEndpoint!)
      const silent = net.connect(Number(port), hostname).on('error', () => undefined)
      const isCut = whenClosed(silent.resume())
      expect(await next(pull, 'handshake:error:other')).toMatchObject({
        error: { code: 'ETIMEDOUT' },
      })
      await isCut
      await expectService(pull)
    })

    it('a peer of a type that does not fit', async () => {
      const pull = await pullAt()
      const client = await bare(pull)
      client.write(readyOf('PULL'))
      expect(await next(pull, 'handshake:error:protocol')).toMatchObject(
        protocolError('ERR_ZMTP_INVALID_METADATA'),
      )
      await client.closed
    })
  })

  describe('close the connection, and nothing else, on', () => {
    const malformed: [string, Buffer, number][] = [
      ['a frame without mask', Buffer.of(0x82, 1, 0), 1002],
      ['reserved bits', frameOf(0xc2, 'x'), 1002],
      ['an opcode there is not', frameOf(0x83, 'x'), 1002],
      ['a part of no message', frameOf(0x80, 'x'), 1002],
      ['a long ping', Buffer.of(0x89, 0xfe), 1002],
      ['a text', frameOf(0x81, '\u0000x'), 1003],
      ['a flag there is not', frameOf(0x82, '\u0007x'), 1002],
      ['an empty message', frameOf(0x82, ''), 1002],
      ['what is over the limit', Buffer.of(0x82, 0xfe, 0xff, 0xff, 0, 0, 0, 0), 1009],
      ['a close frame with no right code', frameOf(0x88, Buffer.of(0, 1)), 1002],
    ]

    it.each(malformed)('%s', async (_, bytes, code) => {
      const pull = await pullAt('ws://127.0.0.1:*', { maxMessageSize: 1000 })
      const client = await barePush(pull)
      const gone = next(pull, 'disconnect')
      client.write(frameOf(0x82, '\u0000before'), bytes, frameOf(0x82, '\u0000after'))
      const { first, payload } = await client.frame()
      expect(first).toBe(0x88)
      expect(payload.readUInt16BE()).toBe(code)
      await client.closed
      expect(await gone).toMatchObject({ address: pull.lastEndpoint })
      expect(String(await pull.receive())).toBe('before')
      await expectService(pull)
    })

    it.each(malformed)('%s, in the handshake', async (_, bytes) => {
      const pull = await pullAt('ws://127.0.0.1:*', { maxMessageSize: 1000 })
      const client = await bare(pull)
      client.write(bytes)
      const event = await next(pull, 'handshake:error:protocol').catch(String)
      expect(event).toMatchObject({ address: pull.lastEndpoint })
      await client.closed
      await expectService(pull)
    })
  })

  it('answer a ping, also in the handshake', async () => {
    const pull = await pullAt()
    const client = await bare(pull)
    await client.frame()
    client.write(frameOf(0x89, 'early'))
    expect(await client.frame()).toEqual({ first: 0x8a, payload: Buffer.from('early') })
    client.write(readyOf('PUSH'), frameOf(0x89, 'late'))
    expect(await client.frame()).toEqual({ first: 0x8a, payload: Buffer.from('late') })
  })

  it('answer one of many pings, the latest, to who does not read until then', async () => {
    const pull = await pullAt()
    const client = await bare(pull)
    await client.frame()
    client.stream.pause()
    const many = Buffer.concat(Array.from({ length: 10_000 }, () => frameOf(0x89, 'p'.repeat(100))))
    for (let n = 0; n < 20; n++) {
      if (!client.stream.write(many)) await once(client.stream, 'drain')
    }
    client.stream.write(frameOf(0x89, 'the last one'))
    client.stream.resume()
    let answers = 0
    while (String((await client.frame()).payload) !== 'the last one') answers++
    expect(answers).toBeLessThan(200_000)
    client.write(readyOf('PUSH'), frameOf(0x82, '\u0000here'))
    expect(String(await pull.receive())).toBe('here')
  })

  it('answer a PING of ZMTP too, which is all that a page can send, when what was before it is taken', async () => {
    const pull = await pullAt()
    for (const subprotocol of ['ZWS2.0', 'ZWS2.0/NULL']) {
      const client = await bare(pull, { subprotocol })
      await client.frame()
      client.write(subprotocol === 'ZWS2.0' ? frameOf(0x82, '\u0000') : readyOf('PUSH'))
      client.write(frameOf(0x82, '\u0000first'), frameOf(0x82, PING))
      expect(await client.frame()).toEqual({ first: 0x82, payload: PONG })
      pull.receiveTimeout = 0
      expect(String(await pull.receive())).toBe('first')
    }
  })

  it('ask for signs of life, and end when there are none', async () => {
    // Time enough for this thread to answer the first.
    const heartbeats = { heartbeatInterval: 50, heartbeatTimeout: 2000 }
    const pull = await pullAt('ws://127.0.0.1:*', heartbeats)
    const client = await barePush(pull)
    const gone = next(pull, 'disconnect')
    expect(await client.frame()).toEqual({ first: 0x89, payload: Buffer.alloc(0) })
    client.write(frameOf(0x8a, ''))
    expect((await client.frame()).first).toBe(0x89)
    await gone
    await client.closed
  })

  it('deliver what came before a close frame, answer it, and end', async () => {
    const pull = await pullAt()
    const client = await barePush(pull)
    const gone = next(pull, 'disconnect')
    client.write(frameOf(0x82, '\u0000last'), frameOf(0x88, Buffer.of(3, 0xe8)))
    expect(await client.frame()).toEqual({ first: 0x88, payload: Buffer.of(3, 0xe8) })
    expect(String(await pull.receive())).toBe('last')
    await client.closed
    await gone
  })

  it('say that they leave', async () => {
    const pull = await pullAt()
    const client = await barePush(pull)
    pull.close()
    expect(await client.frame()).toEqual({ first: 0x88, payload: Buffer.of(3, 0xe8) })
    client.stream.end()
    await client.closed
  })

  it('talk to peers without any mechanism, whose first message is their routing id', async () => {
    const router = opened.add(new Router({ context }))
    await router.bind('ws://127.0.0.1:*')
    const options = { subprotocol: 'ZWS2.0' }
    const client = opened.add(await BareWebSocket.open(router.lastEndpoint!, options))
    expect(await client.frame()).toEqual({ first: 0x82, payload: Buffer.of(0) })
    client.write(frameOf(0x82, '\u0000bob'), frameOf(0x82, '\u0001a'), frameOf(0x82, '\u0000b'))
    expect((await router.receive()).map(String)).toEqual(['bob', 'a', 'b'])
    await router.send(['bob', 'back'])
    expect(await client.frame()).toEqual({ first: 0x82, payload: Buffer.from('\u0000back') })
  })

  it('take no more of a message for a publisher than its topics may have', async () => {
    const publisher = opened.add(new Publisher({ context, maxSubscriptionBytes: 1000 }))
    await publisher.bind('ws://127.0.0.1:*')
    const client = opened.add(await BareWebSocket.open(publisher.lastEndpoint!))
    await client.frame()
    const part = frameOf(0x82, `\u0001${'x'.repeat(120)}`)
    client.write(readyOf('SUB'), ...Array.from({ length: 1000 }, () => part))
    expect(await next(publisher, 'disconnect')).toMatchObject({
      error: { code: 'MESSAGE_TOO_LARGE' },
    })
    await client.closed
  })

  it('take subscriptions as messages, and fragmented messages as one', async () => {
    const publisher = opened.add(new XPublisher({ context }))
    await publisher.bind('ws://127.0.0.1:*')
    const client = opened.add(await BareWebSocket.open(publisher.lastEndpoint!))
    await client.frame()
    client.write(readyOf('SUB'), frameOf(0x02, '\u0000\u0001to'), frameOf(0x80, 'pic'))
    expect((await publisher.receive()).map(String)).toEqual(['\u0001topic'])
    await publisher.send('topic!')
    expect(await client.frame()).toEqual({ first: 0x82, payload: Buffer.from('\u0000topic!') })
  })

  describe('connect', () => {
    /** A server that answers every request in this way, and how often it was asked. */
    async function serverThat(answer: (stream: TcpStream) => void) {
      const server = net.createServer((stream) => {
        // Its end follows.
        stream.on('error', () => undefined)
        stream.once('data', () => answer(stream))
      })
      await once(server.listen(0, '127.0.0.1'), 'listening')
      opened.add({ close: () => server.close() })
      return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    }

    it.each([
      ['no HTTP', 'nonsense\r\n\r\n', 'ERR_WS_UNSPECIFIED'],
      ['404', 'HTTP/1.1 404 Not Found\r\n\r\n', 'ERR_WS_UNSPECIFIED'],
      [
        'another key',
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n\r\n',
        'ERR_WS_UNSPECIFIED',
      ],
      ['a head without end', `HTTP/1.1 101 ${'x'.repeat(20_000)}`, 'ERR_WS_UNSPECIFIED'],
    ])('no more to a server that answers with %s', async (_, answer, code) => {
      const push = pushTo(await serverThat((stream) => stream.write(answer)))
      expect(await next(push, 'handshake:error:protocol')).toMatchObject(protocolError(code))
      // It would be so again: nothing follows.
      expect(await push.events.receive()).toMatchObject({ type: 'disconnect' })
      push.close()
      for await (const { type } of push.events) expect(['close', 'end']).toContain(type)
    })

    it('again to a server that is unavailable for now', async () => {
      const endpoint = await serverThat((stream) =>
        stream.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'),
      )
      const push = pushTo(endpoint)
      expect(await next(push, 'handshake:error:other')).toMatchObject({ address: endpoint })
      await next(push, 'connect:retry')
      await next(push, 'handshake:error:other')
    })

    it('again to a server that just hangs up', async () => {
      const push = pushTo(await serverThat((stream) => stream.destroy()))
      await next(push, 'connect:retry')
      expect(await next(push, 'connect:retry')).toMatchObject({
        interval: expect.any(Number) as number,
      })
    })

    it('as every WebSocket does, to a server of HTTP', async () => {
      const server = http.createServer()
      await once(server.listen(0, '127.0.0.1'), 'listening')
      opened.add({ close: () => server.close() })
      const { port } = server.address() as AddressInfo
      const isAsked = once(server, 'upgrade')
      const endpoint = `ws://127.0.0.1:${port}/some/path?q=1`
      opened.add(new Dealer({ context, linger: 0 })).connect(endpoint)
      const [request, stream] = (await isAsked) as [http.IncomingMessage, TcpStream]
      stream.destroy()
      expect(request.url).toBe('/some/path?q=1')
      expect(request.headers).toEqual({
        host: `127.0.0.1:${port}`,
        upgrade: 'websocket',
        connection: 'Upgrade',
        'sec-websocket-key': expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/) as string,
        'sec-websocket-protocol': 'ZWS2.0/NULL,ZWS2.0',
        'sec-websocket-version': '13',
      })
    })
  })

  describe('over TLS', () => {
    const { keyPem, certPem } = selfSigned(['localhost', 'server.example'], ['127.0.0.1'])
    const server = { wssKeyPem: keyPem, wssCertPem: certPem }

    it('move messages of all sizes, both ways, when the certificate is trusted', async () => {
      const bound = opened.add(new Dealer({ context, ...server }))
      await bound.bind('wss://127.0.0.1:*/secret')
      expect(bound.lastEndpoint).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/secret$/)
      const connected = opened.add(new Dealer({ context, wssTrustPem: certPem }))
      connected.connect(bound.lastEndpoint!)
      for (const size of [0, 1, 200, 65_536, 4 * 2 ** 20]) {
        const frame = Buffer.alloc(size, 'x')
        await connected.send(['head', frame])
        const [, there] = await bound.receive()
        expect(there!.equals(frame)).toBe(true)
        await bound.send(frame)
        const [back] = await connected.receive()
        expect(back!.equals(frame)).toBe(true)
      }
    })

    it('look at the name: that of the endpoint, or the one that is given', async () => {
      const pull = await pullAt('wss://127.0.0.1:*', server)
      const trusting = { wssTrustPem: certPem }
      const wrong = pushTo(pull.lastEndpoint!, { ...trusting, wssHostname: 'other.example' })
      expect(await next(wrong, 'handshake:error:other')).toMatchObject({
        error: { code: 'EPROTO', cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } },
      })
      const right = pushTo(pull.lastEndpoint!, { ...trusting, wssHostname: 'server.example' })
      await right.send('by name')
      expect(String(await pull.receive())).toBe('by name')
    })

    it('trust nobody by themselves', async () => {
      const pull = await pullAt('wss://127.0.0.1:*', server)
      for (const options of [{}, { wssTrustSystem: true }]) {
        const push = pushTo(pull.lastEndpoint!, options)
        expect(await next(push, 'handshake:error:other')).toMatchObject({
          address: pull.lastEndpoint,
          error: { code: 'EPROTO', cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } },
        })
        await next(push, 'connect:retry')
      }
      const trusted = pushTo(pull.lastEndpoint!, { wssTrustPem: certPem, wssTrustSystem: true })
      await trusted.send('both')
      expect(String(await pull.receive())).toBe('both')
    })

    it('have a key and a certificate to listen', async () => {
      const pem = { wssKeyPem: 'none', wssCertPem: certPem }
      for (const options of [{}, { wssKeyPem: keyPem }, { wssCertPem: certPem }, pem]) {
        await expect(pullAt('wss://127.0.0.1:*', options)).rejects.toMatchObject({ code: 'EINVAL' })
      }
      const noPem = '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n'
      expect(() => pushTo('wss://127.0.0.1:1', { wssTrustPem: noPem })).toThrow(
        expect.objectContaining({ code: 'EINVAL' }),
      )
    })

    it('refuse who speaks no TLS, and go on', async () => {
      const pull = await pullAt('wss://127.0.0.1:*', server)
      const refused = next(pull, 'handshake:error:other')
      const { hostname, port } = new URL(pull.lastEndpoint!)
      const plain = net.connect(Number(port), hostname).on('error', () => undefined)
      const isCut = whenClosed(plain.resume())
      plain.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n')
      expect(await refused).toMatchObject({
        error: {
          code: 'EPROTO',
          message: 'http request',
          cause: {
            code: 'ERR_SSL_HTTP_REQUEST',
            message: expect.stringContaining('http request:'),
          },
        },
      })
      await isCut
      const push = pushTo(pull.lastEndpoint!, { wssTrustPem: certPem })
      await push.send('still here')
      expect(String(await pull.receive())).toBe('still here')
    })
  })
})

it('libzmq takes no notice of a PING of ZMTP through a WebSocket', async () => {
  const dealer = opened.add(new libraries['zeromq.js'].Dealer({ linger: 0 }))
  await dealer.bind('ws://127.0.0.1:*')
  const options = { subprotocol: 'ZWS2.0' }
  const client = opened.add(await BareWebSocket.open(dealer.lastEndpoint!, options))
  await client.frame()
  client.write(frameOf(0x82, '\u0000'), frameOf(0x82, PING), frameOf(0x82, '\u0000after'))
  expect(String(await dealer.receive())).toBe('after')
  await dealer.send('back')
  expect(await client.frame()).toEqual({ first: 0x82, payload: Buffer.from('\u0000back') })
})

describe.each([0, 1])('a process with WebSockets and %i I/O threads', (ioThreads) => {
  const begin = `
    const { context, Pull, Push } = await import(library)
    context.ioThreads = ${ioThreads}
  `

  it('ends when nothing is left to do, closed or not', async () => {
    const outcome = await runWith(
      '@ringpost/transport',
      `${begin}
        const pull = new Pull()
        await pull.bind('ws://127.0.0.1:*')
        const push = new Push()
        push.connect(pull.lastEndpoint)
        await push.send('arrived')
        console.log(String(await pull.receive()))
      `,
    )
    expect(outcome).toEqual({ errors: '', code: 0, signal: null, lines: ['arrived'] })
  })

  it('ends when what it has sent is delivered', async () => {
    const pull = opened.add(new Pull())
    await pull.bind('ws://127.0.0.1:*')
    const running = runWith(
      '@ringpost/transport',
      `${begin}
        const push = new Push()
        push.connect('${pull.lastEndpoint}')
        for (let n = 0; n < 500; n++) await push.send(Buffer.alloc(10_000, String(n)))
        push.close()
      `,
    )
    for (let n = 0; n < 500; n++) {
      const [frame] = await pull.receive()
      expect(frame).toHaveLength(10_000)
      expect(frame!.subarray(0, String(n).length).toString()).toBe(String(n))
    }
    // It may say that it waits.
    expect(await running).toMatchObject({ code: 0, signal: null, lines: [] })
  })
})
