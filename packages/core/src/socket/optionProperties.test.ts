import { describe, expect, it } from 'vitest'
import {
  readOption,
  socketTypeId,
  writeOption,
  type OptionAccessor,
  type OptionDefinition,
  type OptionHost,
  type SocketTypeName,
} from './optionDefinition.ts'
import { defineOptionProperties, readOptionById, writeOptionById } from './optionProperties.ts'
import { socketOptions } from './optionTable.ts'
import { SocketOptions } from './options.ts'
import type { RouterOptions, SocketInformation, XPublisherOptions } from './optionTypes.ts'

/** A socket that has options and nothing else. */
class Host implements OptionHost {
  readonly options: SocketOptions
  readonly written: string[] = []

  constructor(type: number) {
    this.options = new SocketOptions(type)
  }

  [readOption](definition: OptionDefinition): unknown {
    return this.options.read(definition)
  }

  [writeOption](definition: OptionDefinition, value: unknown): void {
    this.options.write(definition, value)
    this.written.push(definition.name ?? `#${definition.id}`)
  }
}

class Router extends Host {}
class XPublisher extends Host {}
defineOptionProperties(Host.prototype, 'every')
defineOptionProperties(Router.prototype, socketTypeId.Router)
defineOptionProperties(XPublisher.prototype, socketTypeId.XPublisher)

const newRouter = () =>
  new Router(socketTypeId.Router) as Router & RouterOptions & SocketInformation
const newXPublisher = () => new XPublisher(socketTypeId.XPublisher) as Host & XPublisherOptions

const invalid = expect.objectContaining({ code: 'EINVAL', errno: 22 })

function propertiesOf(type: SocketTypeName): string[] {
  class Socket extends Host {}
  defineOptionProperties(Socket.prototype, socketTypeId[type])
  return Object.getOwnPropertyNames(Socket.prototype)
    .filter((name) => name !== 'constructor')
    .toSorted()
}

const sending = ['multicastHops', 'sendBufferSize', 'sendHighWaterMark', 'sendTimeout']
const limiting = ['maxSubscriptionBytes', 'maxSubscriptions']
const receiving = ['receiveBufferSize', 'receiveHighWaterMark', 'receiveTimeout']

describe('properties', () => {
  const own: [SocketTypeName, string[]][] = [
    ['Pair', [...sending, ...receiving]],
    [
      'Publisher',
      [
        ...sending,
        ...limiting,
        'conflate',
        'invertMatching',
        'noDrop',
        'onlyFirstSubscribe',
        'topicsCount',
      ],
    ],
    ['Subscriber', [...receiving, 'conflate', 'invertMatching', 'topicsCount']],
    ['Request', [...sending, ...receiving, 'correlate', 'probeRouter', 'relaxed', 'routingId']],
    ['Reply', [...sending, ...receiving, 'routingId']],
    [
      'Dealer',
      [
        ...sending,
        ...receiving,
        'conflate',
        'helloMessage',
        'hiccupMessage',
        'probeRouter',
        'routingId',
      ],
    ],
    [
      'Router',
      [
        ...sending,
        ...receiving,
        'disconnectMessage',
        'handover',
        'helloMessage',
        'mandatory',
        'notifyPeers',
        'probeRouter',
        'routingId',
      ],
    ],
    ['Pull', [...receiving, 'conflate']],
    ['Push', [...sending, 'conflate']],
    [
      'XPublisher',
      [
        ...sending,
        ...receiving,
        ...limiting,
        'invertMatching',
        'manual',
        'manualLastValue',
        'noDrop',
        'onlyFirstSubscribe',
        'topicsCount',
        'verbosity',
        'welcomeMessage',
      ],
    ],
    [
      'XSubscriber',
      [...sending, ...receiving, 'onlyFirstSubscribe', 'topicsCount', 'verboseUnsubscribe'],
    ],
    ['Stream', [...sending, ...receiving, 'notify']],
    ['Server', [...sending, ...receiving, 'disconnectMessage', 'helloMessage']],
    ['Client', [...sending, ...receiving, 'helloMessage', 'hiccupMessage']],
    ['Radio', [...sending, ...limiting, 'noDrop']],
    ['Dish', receiving],
    ['Gather', [...receiving, 'conflate']],
    ['Scatter', [...sending, 'conflate']],
    ['Datagram', [...sending, ...receiving]],
    ['Peer', [...sending, ...receiving, 'disconnectMessage', 'helloMessage', 'hiccupMessage']],
    ['Channel', [...sending, ...receiving]],
  ]
  it.each(own)('of %s, beyond those of every socket, are %j', (type, names) => {
    expect(propertiesOf(type)).toEqual(names.toSorted())
  })

  it('of every socket are the options no type is named for', () => {
    const shared = socketOptions.filter((definition) => !definition.sockets)
    const missing = shared.filter(({ name }) => name !== null && !(name in Host.prototype))
    expect(missing).toEqual([])
    expect('linger' in Host.prototype && 'curveServerKey' in Host.prototype).toBe(true)
    expect('gssapiServer' in Host.prototype).toBe(false)
  })

  it('of VMCI are refused, as by a libzmq without it', () => {
    const router = newRouter() as unknown as { vmciBufferSize: unknown }
    const refused = expect.objectContaining({ code: 'EINVAL' })
    expect(() => router.vmciBufferSize).toThrow(refused)
    expect(() => (router.vmciBufferSize = 1)).toThrow(refused)
    expect(() => (router.vmciBufferSize = 'large')).toThrow(TypeError)
  })

  it('are read from and written to their socket', () => {
    const router = newRouter()
    router.linger = 5
    router.mandatory = true
    router.routingId = Buffer.from('me')
    expect([router.linger, router.mandatory, router.routingId]).toEqual([5, true, 'me'])
    expect(router.options.linger).toBe(5)
    expect(router.written).toEqual(['linger', 'mandatory', 'routingId'])
    expect(newRouter().linger).toBe(-1)
  })

  it('of two types stay apart', () => {
    expect('mandatory' in XPublisher.prototype).toBe(false)
    expect('manual' in Router.prototype).toBe(false)
  })

  it('that can only be written read as undefined', () => {
    const router = newRouter()
    router.handover = true
    expect(router.handover).toBeUndefined()
    expect(router.options.handover).toBe(true)
  })

  it('that can only be read cannot be assigned', () => {
    const router = newRouter()
    expect(() => Object.assign(router, { type: 1 })).toThrow(TypeError)
    expect(() => Object.assign(router, { securityMechanism: 1 })).toThrow(TypeError)
    expect([router.type, router.securityMechanism]).toEqual([6, null])
  })

  it('with choices say them in words', () => {
    const router = newRouter()
    expect(router.notifyPeers).toBeNull()
    for (const choice of ['connect', 'disconnect', 'both', null] as const) {
      router.notifyPeers = choice
      expect(router.notifyPeers).toBe(choice)
    }
    expect(() => Reflect.set(router, 'notifyPeers', 'never')).toThrow(invalid)
    router.plainServer = true
    expect(router.securityMechanism).toBe('plain')
    router.curveServer = true
    expect(router.securityMechanism).toBe('curve')
  })

  it('verbosity is one property for two options', () => {
    const publisher = newXPublisher()
    const state = () => [
      publisher.options.verboseSubscriptions,
      publisher.options.verboseUnsubscriptions,
    ]
    publisher.verbosity = 'allSubs'
    expect(state()).toEqual([true, false])
    publisher.verbosity = 'allSubsUnsubs'
    expect(state()).toEqual([true, true])
    publisher.verbosity = null
    expect(state()).toEqual([false, false])
    expect(publisher.verbosity).toBeUndefined()
    expect(() => Reflect.set(publisher, 'verbosity', 'loud')).toThrow(invalid)
  })
})

describe('options by number', () => {
  const get = (host: Host, accessor: OptionAccessor, id: number) =>
    readOptionById(host, host.options.type, accessor, id)
  const set = (host: Host, accessor: OptionAccessor, id: number, value: unknown) =>
    writeOptionById(host, host.options.type, accessor, id, value)

  it.each<[OptionAccessor, number, unknown, unknown]>([
    ['bool', 39, false, true],
    ['int32', 19, 100, 75],
    ['uint32', 57, 0, 46],
    ['int64', 22, -1, 0xffffffffffff],
    ['uint64', 4, 0, 3],
    ['string', 5, null, 'åbç'],
    ['string', 68, null, 'foo'],
  ])('%s option %i is %j, then %j', (accessor, id, before, after) => {
    const host = newRouter()
    expect(get(host, accessor, id)).toBe(before)
    set(host, accessor, id, after)
    expect(get(host, accessor, id)).toBe(after)
  })

  it('stand for each other where they have one size in C', () => {
    const host = newRouter()
    set(host, 'int32', 39, 1)
    expect(get(host, 'bool', 39)).toBe(true)
    expect(get(host, 'int32', 39)).toBe(1)
    set(host, 'bool', 19, true)
    expect(get(host, 'int32', 19)).toBe(1)
    expect(get(host, 'bool', 19)).toBe(true)
    expect(() => set(host, 'int32', 39, 2)).toThrow(invalid)
    set(host, 'int64', 4, 7)
    expect(get(host, 'uint64', 4)).toBe(7)
  })

  it('do not stand for each other elsewhere', () => {
    const host = newRouter()
    expect(() => get(host, 'int64', 19)).toThrow(invalid)
    expect(() => get(host, 'string', 19)).toThrow(invalid)
    expect(() => get(host, 'int32', 22)).toThrow(invalid)
    expect(() => set(host, 'int64', 19, 1)).toThrow(invalid)
    expect(() => set(host, 'string', 19, 'abcd')).toThrow(invalid)
    expect(() => set(host, 'int32', 5, 1)).toThrow(invalid)
  })

  it('are known, and of this type of socket', () => {
    const host = newRouter()
    for (const id of [0, 1, 3, 26, 62, 85, 4711]) {
      expect(() => get(host, 'int32', id)).toThrow(invalid)
      expect(() => set(host, 'int32', id, 1)).toThrow(invalid)
    }
    expect(() => set(host, 'bool', 71, true)).toThrow(invalid)
    expect(() => set(host, 'string', 6, 'a')).toThrow(invalid)
  })

  it('are read and written as they allow', () => {
    const host = newRouter()
    expect(() => get(host, 'bool', 56)).toThrow(invalid)
    expect(() => set(host, 'int32', 16, 1)).toThrow(invalid)
    expect(get(host, 'int32', 16)).toBe(6)
    expect(get(host, 'int32', 43)).toBe(0)
    expect(get(host, 'int32', 97)).toBe(0)
    set(host, 'int32', 97, 3)
    expect(host.notifyPeers).toBe('both')
  })

  it('reach what has no property', () => {
    const host = newRouter()
    set(host, 'string', 61, 'peer')
    expect(host.options.connectRoutingId).toEqual(Buffer.from('peer'))
    expect(() => set(host, 'string', 61, null)).toThrow(invalid)
    expect(host.written).toEqual(['#61'])
  })

  it.each<[OptionAccessor, number, unknown, string]>([
    ['bool', 39, 1, 'Option value must be a boolean'],
    ['bool', 19, undefined, 'Option value must be a boolean'],
    ['int32', 39, true, 'Option value must be a number'],
    ['int64', 22, '1', 'Option value must be a number'],
    ['string', 5, 1, 'Option value must be a string or buffer'],
    ['string', 5, undefined, 'Option value must be a string or buffer'],
  ])('%s option %i refuses %j: %s', (accessor, id, value, message) => {
    expect(() => set(newRouter(), accessor, id, value)).toThrow(new TypeError(message))
  })

  it('have numbers for numbers', () => {
    const host = newRouter()
    const named = ['a', undefined, null]
    for (const id of named) {
      const attempts = [
        () => Reflect.apply(readOptionById, undefined, [host, 6, 'int32', id]),
        () => Reflect.apply(writeOptionById, undefined, [host, 6, 'int32', id, 1]),
      ]
      for (const attempt of attempts) {
        expect(attempt).toThrow(new TypeError('Identifier must be a number'))
      }
    }
  })
})
