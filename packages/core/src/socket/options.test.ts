import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SocketError } from '../errors.ts'
import { socketTypeId, type SocketTypeName } from './optionDefinition.ts'
import { findSocketOption, socketOptions } from './optionTable.ts'
import { SocketOptions, securityMechanism } from './options.ts'

const definitionOf = (name: string) => {
  const definition = socketOptions.find((candidate) => candidate.name === name)
  if (!definition) throw new Error(`no option ${name}`)
  return definition
}
const write = (options: SocketOptions, name: string, value: unknown) =>
  options.write(definitionOf(name), value)
const read = (options: SocketOptions, name: string) => options.read(definitionOf(name))
const invalid = expect.objectContaining({ code: 'EINVAL', errno: 22, message: 'Invalid argument' })

describe('the table of socket options', () => {
  it('has each number and each name once', () => {
    const ids = socketOptions.map((definition) => definition.id)
    const names = socketOptions.flatMap((definition) => definition.name ?? [])
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(socketOptions.filter((definition) => definition.field !== null))(
    'keeps option $id ($name) in the field $field, with a default of its type',
    (definition) => {
      const options = new SocketOptions(socketTypeId.Dealer)
      const field = definition.field ?? ''
      expect(field in options).toBe(true)
      const typeOfDefault = { bool: 'boolean', string: 'object', bytes: 'object', key: 'object' }
      const expected = Object.entries(typeOfDefault).find(([type]) => type === definition.type)?.[1]
      const kept: unknown = Reflect.get(options, field)
      if (kept !== undefined) expect(typeof kept).toBe(expected ?? 'number')
    },
  )

  it('gives every readable option a value', () => {
    const options = new SocketOptions(socketTypeId.Dealer)
    const unreadable = socketOptions
      .filter((definition) => definition.access !== 'write')
      .filter((definition) => options.read(definition) === undefined)
    expect(unreadable).toEqual([])
  })

  it('finds an option for the types that take it', () => {
    expect(findSocketOption(23, socketTypeId.Subscriber)?.name).toBe('sendHighWaterMark')
    expect(findSocketOption(33, socketTypeId.Router)?.name).toBe('mandatory')
    expect(findSocketOption(33, socketTypeId.Dealer)).toBeUndefined()
    expect(findSocketOption(6, socketTypeId.Subscriber)).toBeDefined()
    expect(findSocketOption(6, socketTypeId.Publisher)).toBeUndefined()
    expect(findSocketOption(39, socketTypeId.Pair)?.name).toBe('immediate')
    expect(findSocketOption(31337, socketTypeId.Pair)).toBeUndefined()
  })

  it('lets exactly these take effect at once', () => {
    const immediate = socketOptions.filter((definition) => definition.immediate)
    expect(immediate.map((definition) => definition.id).toSorted((a, b) => a - b)).toEqual([
      6, 7, 17, 23, 24, 27, 28, 33, 40, 51, 52, 53, 56, 61, 78, 97, 98, 108, 115, 10_001, 10_002,
    ])
  })
})

describe('defaults', () => {
  it.each<[string, unknown]>([
    ['sendHighWaterMark', 1000],
    ['receiveHighWaterMark', 1000],
    ['sendTimeout', -1],
    ['receiveTimeout', -1],
    ['linger', -1],
    ['immediate', false],
    ['maxMessageSize', -1],
    ['maxMultipartBytes', -1],
    ['routingId', null],
    ['mandatory', false],
    ['notifyPeers', 0],
    ['invertMatching', false],
    ['reconnectInterval', 100],
    ['reconnectMaxInterval', 0],
    ['reconnectStop', 0],
    ['backlog', 100],
    ['connectTimeout', 0],
    ['handshakeInterval', 30000],
    ['heartbeatInterval', 0],
    ['heartbeatTimeToLive', 0],
    ['heartbeatTimeout', -1],
    ['tcpKeepalive', -1],
    ['tcpKeepaliveCount', -1],
    ['tcpKeepaliveIdle', -1],
    ['tcpKeepaliveInterval', -1],
    ['tcpMaxRetransmitTimeout', 0],
    ['ipv6', false],
    ['typeOfService', 0],
    ['interface', null],
    ['loopbackFastPath', false],
    ['sendBufferSize', -1],
    ['receiveBufferSize', -1],
    ['socksProxy', null],
    ['affinity', 0],
    ['rate', 100],
    ['recoveryInterval', 10000],
    ['multicastHops', 1],
    ['multicastMaxTransportDataUnit', 1500],
    ['multicastLoop', true],
    ['securityMechanism', 0],
    ['plainServer', false],
    ['plainUsername', null],
    ['plainPassword', null],
    ['curveServer', false],
    ['curvePublicKey', null],
    ['curveSecretKey', null],
    ['curveServerKey', null],
    ['zapDomain', null],
    ['zapEnforceDomain', false],
    ['lastEndpoint', null],
    ['threadSafe', false],
    ['inBatchSize', 8192],
    ['outBatchSize', 8192],
    ['type', 5],
  ])('%s is %j', (name, value) => {
    expect(read(new SocketOptions(socketTypeId.Dealer), name)).toBe(value)
  })

  it('do not linger for sockets that receive what they subscribed to, or without blocky', () => {
    const lingerOf = (type: SocketTypeName, blocky?: boolean) =>
      new SocketOptions(socketTypeId[type], blocky === undefined ? {} : { blocky }).linger
    expect(lingerOf('Subscriber')).toBe(0)
    expect(lingerOf('XSubscriber')).toBe(0)
    expect(lingerOf('Dish')).toBe(0)
    expect(lingerOf('Pull')).toBe(-1)
    expect(lingerOf('Push', true)).toBe(-1)
    expect(lingerOf('Push', false)).toBe(0)
  })

  it('take IPv6 over from the context', () => {
    expect(new SocketOptions(socketTypeId.Pair, { ipv6: true }).ipv6).toBe(true)
  })

  it('say which types libzmq lets threads share', () => {
    const shared = Object.values(socketTypeId).filter((type) => new SocketOptions(type).threadSafe)
    expect(shared).toEqual([12, 13, 14, 15, 16, 17, 19, 20])
  })
})

describe('numbers', () => {
  it.each([
    ['sendHighWaterMark', [0, 1, 65536, 2147483647], [-1, -2, 2147483648]],
    ['receiveHighWaterMark', [0, 1], [-1]],
    ['sendTimeout', [-1, 0, 1], [-2]],
    ['receiveTimeout', [-1, 0, 1], [-2]],
    ['linger', [-1, 0, 150], [-2]],
    ['reconnectInterval', [-1, 0, 150], [-2]],
    ['reconnectMaxInterval', [0, 150], [-1]],
    ['reconnectStop', [0, 1, 3, 7], []],
    ['backlog', [0, 75], [-1]],
    ['connectTimeout', [0, 150], [-1]],
    ['handshakeInterval', [0, 150], [-1]],
    ['heartbeatInterval', [0, 150], [-1]],
    ['heartbeatTimeout', [0, 150], [-1]],
    ['tcpKeepalive', [-1, 0, 1], [-2, 2]],
    ['tcpKeepaliveCount', [-1, 0, 150], [-2]],
    ['tcpKeepaliveIdle', [-1, 0, 150], [-2]],
    ['tcpKeepaliveInterval', [-1, 0, 150], [-2]],
    ['tcpMaxRetransmitTimeout', [0, 150], [-1]],
    ['typeOfService', [0, 46], [-1, 2147483648]],
    ['sendBufferSize', [-1, 0, 1], [-2]],
    ['receiveBufferSize', [-1, 0, 1], [-2]],
    ['rate', [1, 150], [0, -1]],
    ['recoveryInterval', [0, 150], [-1]],
    ['multicastHops', [1, 2], [0, -1]],
    ['multicastMaxTransportDataUnit', [1, 1500], [0, -1]],
    ['inBatchSize', [1, 65536], [0, -1]],
    ['outBatchSize', [1, 65536], [0, -1]],
    ['notifyPeers', [0, 1, 2, 3], [-1, 4]],
    ['priority', [0, 7], [-1]],
    ['useFd', [-1, 0, 3], [-2]],
    ['maxMessageSize', [-1, 0, 0xffffffffffff], [Infinity]],
    ['maxMultipartBytes', [-1, 0, 0xffffffffffff], [-2, Infinity]],
  ])('%s takes %j and refuses %j', (name, good, bad) => {
    const options = new SocketOptions(socketTypeId.Dealer)
    for (const value of good) {
      write(options, name, value)
      expect(read(options, name)).toBe(value)
    }
    const last = read(options, name)
    for (const value of bad) expect(() => write(options, name, value)).toThrow(invalid)
    expect(read(options, name)).toBe(last)
  })

  it('are cut to integers', () => {
    const options = new SocketOptions(socketTypeId.Dealer)
    write(options, 'sendTimeout', 1.9)
    expect(options.sendTimeout).toBe(1)
    write(options, 'sendTimeout', -1.9)
    expect(options.sendTimeout).toBe(-1)
    write(options, 'linger', -0.5)
    expect(Object.is(options.linger, 0)).toBe(true)
  })

  it('are finite', () => {
    const options = new SocketOptions(socketTypeId.Dealer)
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      expect(() => write(options, 'sendTimeout', value)).toThrow(invalid)
    }
  })

  it.each([
    [-99, 0],
    [0, 0],
    [99, 0],
    [100, 100],
    [150, 100],
    [6553599, 6553500],
  ])('a heartbeat of %i ms to live is kept as %i', (given, kept) => {
    const options = new SocketOptions(socketTypeId.Dealer)
    write(options, 'heartbeatTimeToLive', given)
    expect(read(options, 'heartbeatTimeToLive')).toBe(kept)
  })

  it.each([-100, 6553600])('a heartbeat of %i ms to live is refused', (given) => {
    const options = new SocketOptions(socketTypeId.Dealer)
    expect(() => write(options, 'heartbeatTimeToLive', given)).toThrow(invalid)
  })

  describe('of 64 bits', () => {
    const warnings: string[] = []
    const collect = (warning: Error) => warnings.push(warning.message)
    const warned = () => new Promise<void>((resolve) => process.once('warning', () => resolve()))
    beforeEach(() => {
      warnings.length = 0
      process.on('warning', collect)
    })
    afterEach(() => process.off('warning', collect))

    it('warn where JavaScript may have rounded them', async () => {
      const options = new SocketOptions(socketTypeId.Dealer)
      write(options, 'affinity', Number.MAX_SAFE_INTEGER)
      const emitted = warned()
      write(options, 'affinity', 2 ** 64)
      await emitted
      expect(read(options, 'affinity')).toBe(2 ** 64)
      expect(warnings).toEqual([
        'Value is larger than Number.MAX_SAFE_INTEGER and may have been rounded inaccurately.',
      ])
    })

    it('end where 64 bits do', () => {
      const options = new SocketOptions(socketTypeId.Dealer)
      expect(() => write(options, 'affinity', 2 ** 65)).toThrow(invalid)
      expect(() => write(options, 'affinity', -1)).toThrow(invalid)
    })
  })
})

describe('values of the wrong type', () => {
  const cases: [string, unknown[], string][] = [
    ['immediate', [1, 'yes', null, undefined], 'Option value must be a boolean'],
    ['backlog', ['1', true, null, undefined, {}], 'Option value must be a number'],
    ['routingId', [1, true, undefined, {}], 'Option value must be a string or buffer'],
    ['plainUsername', [1, new ArrayBuffer(2)], 'Option value must be a string or buffer'],
    ['curvePublicKey', [1], 'Option value must be a string or buffer'],
  ]
  it.each(cases)('%s refuses %j: %s', (name, values, message) => {
    const options = new SocketOptions(socketTypeId.Dealer)
    for (const value of values) {
      expect(() => write(options, name, value)).toThrow(new TypeError(message))
    }
  })
})

describe('texts', () => {
  it('are given as text or as bytes', () => {
    const options = new SocketOptions(socketTypeId.Dealer)
    write(options, 'routingId', 'åbç')
    expect(read(options, 'routingId')).toBe('åbç')
    expect(options.routingId).toEqual(Buffer.from('åbç'))
    write(options, 'routingId', Buffer.from('ïjk'))
    expect(read(options, 'routingId')).toBe('ïjk')
    write(options, 'socksProxy', new Uint16Array([0x6161, 0x6262]).subarray(1))
    expect(read(options, 'socksProxy')).toBe('bb')
  })

  it('are copied', () => {
    const options = new SocketOptions(socketTypeId.Router)
    const id = Buffer.from('abc')
    write(options, 'routingId', id)
    id.fill(0)
    expect(read(options, 'routingId')).toBe('abc')
  })

  it.each([
    ['routingId', 255, ['', null, 'x'.repeat(256), Buffer.alloc(0)]],
    ['plainUsername', 255, ['', 'x'.repeat(256)]],
    ['plainPassword', 255, ['', 'x'.repeat(256)]],
    ['zapDomain', 255, ['', null, 'é'.repeat(128)]],
    ['interface', 16, ['', 'x'.repeat(17)]],
    ['socksUsername', 255, ['x'.repeat(256)]],
  ])('%s has up to %i bytes and refuses %j', (name, longest, bad) => {
    const options = new SocketOptions(socketTypeId.Dealer)
    write(options, name, 'x'.repeat(longest))
    for (const value of bad) expect(() => write(options, name, value)).toThrow(invalid)
    expect(read(options, name)).toBe('x'.repeat(longest))
  })

  it.each(['socksProxy', 'interface', 'plainUsername', 'plainPassword', 'socksUsername'])(
    '%s is cleared by null',
    (name) => {
      const options = new SocketOptions(socketTypeId.Dealer)
      write(options, name, 'a')
      write(options, name, null)
      expect(read(options, name)).toBeNull()
    },
  )

  it.each(['welcomeMessage', 'helloMessage', 'disconnectMessage', 'hiccupMessage'] as const)(
    '%s is none when it is empty',
    (name) => {
      const options = new SocketOptions(socketTypeId.XPublisher)
      write(options, name, Buffer.from([0, 1, 2]))
      expect(options[name]).toEqual(Buffer.from([0, 1, 2]))
      write(options, name, '')
      expect(options[name]).toBeNull()
      write(options, name, 'hi')
      write(options, name, null)
      expect(options[name]).toBeNull()
    },
  )

  it('returns what it keeps of a subscription, an act that leaves no value', () => {
    const options = new SocketOptions(socketTypeId.Subscriber)
    const subscribe = findSocketOption(6, socketTypeId.Subscriber)
    if (!subscribe) throw new Error('SUB has no SUBSCRIBE')
    expect(options.write(subscribe, 'a')).toEqual(Buffer.from('a'))
    expect(options.write(subscribe, '')).toBeNull()
    expect(options.read(subscribe)).toBeUndefined()
  })

  it('accept connections from addresses and networks of a family in use', () => {
    const options = new SocketOptions(socketTypeId.Dealer)
    for (const filter of ['127.0.0.1', '10.0.0.0/8', '255.249.199.0/32'])
      write(options, 'tcpAcceptFilter', filter)
    const bad = [
      '',
      'localhost',
      '10.0.0.0/33',
      '256.0.0.1',
      '1.2.3',
      '1.2.3.4/',
      '1.2.3.4/a',
      '[1.2.3.4]',
      '*',
      '::1',
    ]
    for (const filter of bad) {
      expect(() => write(options, 'tcpAcceptFilter', filter)).toThrow(invalid)
    }
    expect(options.tcpAcceptFilters).toEqual(['127.0.0.1', '10.0.0.0/8', '255.249.199.0/32'])
    write(options, 'ipv6', true)
    for (const filter of ['::1', '[::1]', 'fe80::/10']) write(options, 'tcpAcceptFilter', filter)
    for (const filter of ['::1/129', '[::1', '::1]', 'abc', '1::2::3', ':', 'fe80::g']) {
      expect(() => write(options, 'tcpAcceptFilter', filter)).toThrow(invalid)
    }
    expect(options.tcpAcceptFilters).toHaveLength(6)
    write(options, 'tcpAcceptFilter', null)
    expect(options.tcpAcceptFilters).toEqual([])
  })

  it('let in pages of sites by their origins, as browsers write them', () => {
    const options = new SocketOptions(socketTypeId.Dealer)
    expect(read(options, 'webSocketOrigins')).toBeNull()
    const good = 'https://app.example http://localhost:5173 http://[::1]:80 chrome-extension://abc'
    expect(() => write(options, 'webSocketOrigins', good)).toThrow('"http://[::1]:80"')
    write(options, 'webSocketOrigins', good.replace(':80 ', ':8080 '))
    expect(read(options, 'webSocketOrigins')).toBe(good.replace(':80 ', ':8080 '))
    const noOrigins = expect.objectContaining({ code: 'EINVAL', errno: 22 }) as Error
    const bad = [
      '',
      ' ',
      'app.example',
      'https://',
      'https://app.example/',
      'https://App.example',
      'https://app.example:443',
      'https://app.example,https://other.example',
      'https://*.example',
      'https://user@app.example',
      'https://b\u00fccher.example',
      'https://app.example\r\nhttps://other.example',
      'file',
    ]
    for (const origins of bad) {
      expect(() => write(options, 'webSocketOrigins', origins)).toThrow(noOrigins)
    }
    for (const origins of ['*', 'null', 'file://']) {
      write(options, 'webSocketOrigins', `  ${origins} `)
      expect(read(options, 'webSocketOrigins')).toBe(origins)
    }
    write(options, 'webSocketOrigins', null)
    expect(read(options, 'webSocketOrigins')).toBeNull()
  })

  it('take properties for the handshake that begin with X-', () => {
    const options = new SocketOptions(socketTypeId.Dealer)
    write(options, 'metadata', 'X-hello:a:b')
    write(options, 'metadata', 'X-hello:later')
    write(options, 'metadata', 'X-other:c')
    for (const bad of ['', 'hello:a', 'X-hello', 'X-hello:', `X-${'n'.repeat(254)}:v`]) {
      expect(() => write(options, 'metadata', bad)).toThrow(invalid)
    }
    expect([...options.applicationMetadata]).toEqual([
      ['X-hello', 'a:b'],
      ['X-other', 'c'],
    ])
  })
})

describe('keys', () => {
  const text = 'JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6'
  const bytes = Buffer.from(
    '8e0bdd697628b91d8f245587ee95c5b04d48963f79259877b49cd9063aead3b7',
    'hex',
  )

  it.each(['curvePublicKey', 'curveSecretKey', 'curveServerKey'] as const)(
    '%s is given as 32 bytes or as Z85 and read as Z85',
    (name) => {
      const options = new SocketOptions(socketTypeId.Dealer)
      write(options, name, text)
      expect(options[name]).toEqual(bytes)
      write(options, name, Uint8Array.from(bytes))
      expect(read(options, name)).toBe(text)
      const bad = [null, '', 'y'.repeat(39), 'y'.repeat(35), '~'.repeat(40), '#'.repeat(40)]
      for (const value of [...bad, 'é'.repeat(20), Buffer.alloc(31), Buffer.alloc(33)]) {
        expect(() => write(options, name, value)).toThrow(invalid)
      }
      expect(read(options, name)).toBe(text)
    },
  )
})

describe('the security mechanism', () => {
  const { none, plain, curve } = securityMechanism

  it('is what was set last', () => {
    const options = new SocketOptions(socketTypeId.Dealer)
    const state = () => [options.securityMechanism, options.plainServer, options.curveServer]
    expect(state()).toEqual([none, false, false])
    write(options, 'plainUsername', 'u')
    expect(state()).toEqual([plain, false, false])
    write(options, 'plainServer', true)
    expect(state()).toEqual([plain, true, false])
    write(options, 'plainPassword', 'p')
    expect(state()).toEqual([plain, false, false])
    write(options, 'curveServer', true)
    expect(state()).toEqual([curve, false, true])
    write(options, 'curveServerKey', Buffer.alloc(32))
    expect(state()).toEqual([curve, false, false])
    write(options, 'curveServer', false)
    expect(state()).toEqual([none, false, false])
    write(options, 'curveSecretKey', Buffer.alloc(32))
    expect(state()).toEqual([curve, false, false])
    write(options, 'plainUsername', null)
    expect(state()).toEqual([none, false, false])
    write(options, 'plainServer', true)
    write(options, 'curvePublicKey', Buffer.alloc(32))
    expect(state()).toEqual([curve, false, true])
    write(options, 'plainServer', false)
    expect(state()).toEqual([none, false, false])
  })
})

describe('modes of XPUB', () => {
  it('verbose and verboser undo each other', () => {
    const options = new SocketOptions(socketTypeId.XPublisher)
    const state = () => [options.verboseSubscriptions, options.verboseUnsubscriptions]
    options.verboser = true
    expect(state()).toEqual([true, true])
    options.verbose = true
    expect(state()).toEqual([true, false])
    options.verboser = true
    options.verbose = false
    expect(state()).toEqual([false, false])
  })

  it('the manual mode of last values is a manual mode', () => {
    const options = new SocketOptions(socketTypeId.XPublisher)
    write(options, 'manualLastValue', true)
    expect([options.manual, options.sendsLastValue]).toEqual([true, true])
    write(options, 'manualLastValue', false)
    expect([options.manual, options.sendsLastValue]).toEqual([false, false])
    write(options, 'manual', true)
    expect([options.manual, options.sendsLastValue]).toEqual([true, false])
  })
})

it('errors of options are errors of sockets', () => {
  const options = new SocketOptions(socketTypeId.Dealer)
  expect(() => write(options, 'rate', 0)).toThrow(SocketError)
})
