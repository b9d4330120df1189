import * as ringpost from '@ringpost/transport/zeromq'
import * as ringpostDraft from '@ringpost/transport/zeromq/draft'
import { afterEach, describe, expect, it } from 'vitest'
import * as zeromq from 'zeromq'
import * as zeromqDraft from 'zeromq/draft.js'

type Module = Omit<typeof zeromq & typeof zeromqDraft, 'default'>
/** The main module and the draft module of each library in one. */
const libraries = {
  Ringpost: { ...ringpost, ...ringpostDraft } as unknown as Module,
  'zeromq.js': { ...zeromq, ...zeromqDraft },
}

let opened: zeromq.Socket[] = []
afterEach(() => {
  for (const socket of opened.filter(({ closed }) => !closed)) {
    socket.linger = 0
    socket.close()
  }
  opened = []
})

function open<S extends zeromq.Socket>(socket: S): S {
  opened.push(socket)
  return socket
}

const classes = [
  'Pair',
  'Publisher',
  'Subscriber',
  'Request',
  'Reply',
  'Dealer',
  'Router',
  'Pull',
  'Push',
  'XPublisher',
  'XSubscriber',
  'Stream',
  'Server',
  'Client',
  'Radio',
  'Dish',
  'Gather',
  'Scatter',
  'Datagram',
] as const
type ClassName = (typeof classes)[number]
type AnySocket = zeromq.Socket & Record<string, unknown>
const make = (library: Module, name: ClassName, options?: object): AnySocket =>
  open(new (library[name] as unknown as new (options?: object) => AnySocket)(options))

/** What became of a call, as far as libraries have to agree. */
type Outcome = { value: unknown } | { thrown: unknown } | { rejected: unknown }

function outcomeOfError(error: unknown): unknown {
  const { message, code, errno, address } = error as NodeJS.ErrnoException & { address?: string }
  return { message, code, errno, address, isTypeError: error instanceof TypeError }
}

async function outcome(call: () => unknown): Promise<Outcome> {
  let result: unknown
  try {
    result = call()
  } catch (error) {
    return { thrown: outcomeOfError(error) }
  }
  if (!(result instanceof Promise)) return { value: result }
  return await result.then(
    (value) => ({ value }),
    (error: unknown) => ({ rejected: outcomeOfError(error) }),
  )
}

const outcomes = (call: (library: Module) => unknown): Promise<[Outcome, Outcome]> =>
  Promise.all([
    outcome(() => call(libraries.Ringpost)),
    outcome(() => call(libraries['zeromq.js'])),
  ])

/** Properties whose getter fails in zeromq.js, for libzmq does not tell their value. */
const unreadable = new Set([
  'mandatory',
  'tcpAcceptFilter',
  'curvePublicKey',
  'curveSecretKey',
  'curveServerKey',
])

/** Values that zeromq.js takes for others, or takes and does nothing; they are refused here. */
const differingValues: Record<string, (value: unknown) => boolean> = {
  affinity: (value) => (value as number) < 0,
  verbosity: (value) => value !== null,
}

/** Every option of a class, inherited or its own. */
function optionsOf(library: Module, name: ClassName): string[] {
  const names = new Set<string>()
  const beyond = Object.getPrototypeOf(library.Socket.prototype)
  let prototype: object = library[name].prototype
  while (prototype !== beyond && prototype !== Object.prototype) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if ('get' in descriptor || 'set' in descriptor) names.add(key)
    }
    prototype = Object.getPrototypeOf(prototype) as object
  }
  names.delete('events')
  names.delete('context')
  // A DISH of zeromq.js says that it can send.
  if (name === 'Dish') names.delete('writable')
  return [...names]
}

const { 'zeromq.js': original } = libraries

describe('the modules', () => {
  it('have the same names', () => {
    const { default: _, 'module.exports': __, ...named } = { ...zeromq } as Record<string, unknown>
    expect(Object.keys(ringpost).toSorted()).toEqual(Object.keys(named).toSorted())
    expect(Object.keys(ringpost)).toHaveLength(20)
    expect(Object.keys(ringpostDraft).toSorted()).toEqual([
      'Client',
      'Datagram',
      'Dish',
      'Gather',
      'Radio',
      'Scatter',
      'Server',
    ])
  })

  it('say which libzmq they behave as', () => {
    expect(ringpost.version).toBe(zeromq.version)
  })

  it('say what they can', () => {
    expect(Object.keys(ringpost.capability)).toEqual(
      expect.arrayContaining(Object.keys(zeromq.capability)),
    )
    const { ipc, curve, draft } = ringpost.capability
    expect({ ipc, curve, draft }).toEqual({ ipc: true, curve: true, draft: true })
  })

  it('make keys', () => {
    for (const { curveKeyPair } of [ringpost, zeromq]) {
      const { publicKey, secretKey } = curveKeyPair()
      expect([publicKey.length, secretKey.length]).toEqual([40, 40])
      expect(Object.keys(curveKeyPair())).toEqual(['publicKey', 'secretKey'])
    }
  })
})

describe.each(classes)('%s', (name) => {
  it('has all methods', () => {
    const of = (library: Module): string[] => {
      const socket = make(library, name)
      return [
        'send',
        'receive',
        'bind',
        'bindSync',
        'unbind',
        'unbindSync',
        'connect',
        'disconnect',
      ]
        .concat('close', 'subscribe', 'unsubscribe', 'getBoolOption', 'setStringOption')
        .filter((method) => typeof socket[method] === 'function')
    }
    expect(of(libraries.Ringpost)).toEqual(of(original))
  })

  it.each(optionsOf(original, name).filter((option) => !unreadable.has(option)))(
    'has %s, with the same default',
    async (option) => {
      const [here, there] = await outcomes((library) => make(library, name)[option])
      expect(here).toEqual(there)
    },
  )

  const writable = optionsOf(original, name)
  const values = [true, false, 0, 1, -1, -2, 100, 1.5, 2 ** 31, 'text', '', null, undefined, {}]
  it.each(writable)('takes and refuses the same values of %s', async (option) => {
    const known = differingValues[option]
    for (const value of values.filter((each) => known?.(each) !== true)) {
      const assign = (library: Module): unknown => {
        const socket = make(library, name)
        try {
          socket[option] = value
          return unreadable.has(option) ? 'set' : socket[option]
        } finally {
          socket.close()
        }
      }
      const [here, there] = await outcomes(assign)
      expect({ value, ...withoutEngineWording(here) }).toEqual({
        value,
        ...withoutEngineWording(there),
      })
    }
  })

  it('refuses options that there are not', async () => {
    const [here, there] = await outcomes((library) => make(library, name, { doesNotExist: 1 }))
    expect(withoutEngineWording(here)).toEqual(withoutEngineWording(there))
  })
})

/** What the engine says of a read-only or unknown property names the class, and may. */
function withoutEngineWording(result: Outcome): Outcome {
  if (!('thrown' in result)) return result
  const { isTypeError, ...error } = result.thrown as { isTypeError: boolean; message: string }
  const isOfEngine = /^Cannot (set|add) property/.test(error.message)
  return { thrown: isOfEngine ? 'refused by the engine' : { ...error, isTypeError } }
}

const inproc = 'inproc://parity'
/** Calls that go wrong, or are at a limit, by what they are. */
const calls: Record<string, (library: Module) => unknown> = {
  'bind without an address': ({ Push }) => open(new Push()).bind(undefined as never),
  'bind a number': ({ Push }) => open(new Push()).bind(5 as never),
  'bind two addresses': ({ Push }) =>
    open(new Push()).bind(...(['inproc://a', 'x'] as unknown as [string])),
  'bind no endpoint': ({ Push }) => open(new Push()).bind('nonsense'),
  'bind an unknown scheme': ({ Push }) => open(new Push()).bind('foo://bar'),
  'bind without a port': ({ Push }) => open(new Push()).bind('tcp://127.0.0.1'),
  'bind to an address of others': ({ Push }) => open(new Push()).bind('tcp://192.0.2.1:5555'),
  'bind to no interface': ({ Push }) => open(new Push()).bind('tcp://nosuch0:5555'),
  'bind to udp': ({ Push }) => open(new Push()).bind('udp://127.0.0.1:5555'),
  'bind in no folder': ({ Push }) => open(new Push()).bind('ipc:///nowhere/at/all'),
  'bind a long path': ({ Push }) => open(new Push()).bind(`ipc:///tmp/${'x'.repeat(200)}`),
  'bind a name twice': async ({ Push, Pull }) => {
    await open(new Push()).bind(inproc)
    return open(new Pull()).bind(inproc)
  },
  'unbind what was not bound': ({ Push }) => open(new Push()).unbind('tcp://127.0.0.1:5555'),
  'connect without an address': ({ Push }) => open(new Push()).connect(undefined as never),
  'connect to no endpoint': ({ Push }) => open(new Push()).connect('nonsense'),
  'connect to an unknown scheme': ({ Push }) => open(new Push()).connect('foo://bar'),
  'connect to any port': ({ Push }) => open(new Push()).connect('tcp://127.0.0.1:*'),
  'connect to udp': ({ Push }) => open(new Push()).connect('udp://127.0.0.1:5555'),
  'connect with two arguments': ({ Push }) =>
    open(new Push()).connect(...(['tcp://127.0.0.1:1', 'x'] as unknown as [string])),
  'connect with a number for a name': ({ Router }) =>
    open(new Router()).connect('tcp://127.0.0.1:1', { routingId: 5 as never }),
  'connect with no name': ({ Router }) =>
    open(new Router()).connect('tcp://127.0.0.1:1', { routingId: '' }),
  'connect a STREAM with a number for a name': ({ Stream }) =>
    open(new Stream()).connect('tcp://127.0.0.1:1', { routingId: 5 as never }),
  'disconnect from where it is not connected': ({ Push }) =>
    open(new Push()).disconnect('tcp://127.0.0.1:5555'),
  'send nothing': ({ Push }) => open(new Push()).send(undefined as never),
  'send a symbol': ({ Publisher }) => open(new Publisher()).send(Symbol('x') as never),
  'send to nobody, as a publisher': ({ Publisher }) => open(new Publisher()).send('x'),
  'send to nobody, as a router': ({ Router }) => open(new Router()).send(['a', 'x']),
  'send to nobody, as a mandatory router': ({ Router }) =>
    open(new Router({ mandatory: true, sendTimeout: 0 })).send(['a', 'x']),
  'send to nobody, as a stream': ({ Stream }) => open(new Stream()).send(['a', 'x']),
  'send no frames': ({ Push }) => open(new Push({ sendTimeout: 0 })).send([]),
  'send without waiting': ({ Push }) => open(new Push({ sendTimeout: 0 })).send('x'),
  'send twice': ({ Push }) => {
    const push = open(new Push())
    void push.send('x').catch(() => undefined)
    return push.send('y')
  },
  'send an answer to no question': ({ Reply }) => open(new Reply({ sendTimeout: 0 })).send('x'),
  'send from a SERVER without saying to whom': ({ Server }) =>
    open(new Server()).send('x', ...([] as unknown as [{ routingId: number }])),
  'send from a SERVER to nobody': ({ Server }) => open(new Server()).send('x', { routingId: 1 }),
  'send from a RADIO without a group': ({ Radio }) =>
    open(new Radio()).send('x', ...([] as unknown as [{ group: string }])),
  'connect a DGRAM': ({ Datagram }) => open(new Datagram()).connect('udp://127.0.0.1:5555'),
  'receive with an argument': ({ Pull }) => open(new Pull()).receive(...([1] as unknown as [])),
  'receive without waiting': ({ Pull }) => open(new Pull({ receiveTimeout: 0 })).receive(),
  'receive twice': ({ Pull }) => {
    const pull = open(new Pull())
    void pull.receive().catch(() => undefined)
    return pull.receive()
  },
  'receive an answer to no question': ({ Request }) =>
    open(new Request({ receiveTimeout: 0 })).receive(),
  'receive until it is closed': ({ Pull }) => {
    const pull = open(new Pull())
    const receiving = pull.receive()
    pull.close()
    return receiving
  },
  'any call while it binds': ({ Push }) => {
    const push = open(new Push())
    const binding = push.bind('tcp://127.0.0.1:*')
    try {
      return push.send('x')
    } finally {
      void binding.catch(() => undefined)
    }
  },
  'iterate over a closed socket': ({ Pull }) => {
    const pull = new Pull()
    pull.close()
    return pull[Symbol.asyncIterator]().next()
  },
  'subscribe to a number': ({ Subscriber }) => open(new Subscriber()).subscribe(5 as never),
  'join a group that is a number': ({ Dish }) => open(new Dish()).join(5 as never),
  'a socket of no type': ({ Socket }) => new (Socket as never as new (type: number) => object)(37),
  'a socket whose type is a text': ({ Socket }) =>
    new (Socket as never as new (type: string) => object)('x'),
  'options that are a number': ({ Push }) => new Push(5 as never),
  'a context with options that are a number': ({ Context }) => new Context(5 as never),
  'a context with two arguments': ({ Context }) =>
    new Context(...([{}, {}] as unknown as [object])),
  'a context with a wrong value': ({ Context }) => new Context({ ioThreads: 'x' as never }),
  'an observer of nothing': ({ Observer }) => new Observer(undefined as never),
  'a proxy without sockets': ({ Proxy }) => new Proxy(undefined as never, undefined as never),
  'a proxy without a back end': ({ Proxy, Router }) =>
    new Proxy(open(new Router()), undefined as never),
  'run a proxy of sockets that are nowhere': ({ Proxy, Router, Dealer }) =>
    new Proxy(open(new Router()), open(new Dealer())).run(),
  'terminate a proxy that does not run': ({ Proxy, Router, Dealer }) =>
    new Proxy(open(new Router()), open(new Dealer())).terminate(),
}

/** Calls that wait for somebody to come. */
const waitingCalls: Record<string, (library: Module) => Promise<unknown>> = {
  'send to nobody': ({ Push }) => open(new Push()).send('x'),
  'send from a DGRAM that is not bound': ({ Datagram }) =>
    open(new Datagram()).send(['127.0.0.1:1', 'x']),
  'receive nothing': ({ Pull }) => open(new Pull()).receive(),
}

/** Calls that zeromq.js takes in a way that nobody can want, or waits with for ever; and what they come to here. */
const differences: Record<string, [call: (library: Module) => unknown, outcome: object]> = {
  'a port that is none': [
    ({ Push }) => open(new Push()).bind('tcp://127.0.0.1:70000'),
    { rejected: expect.objectContaining({ code: 'EINVAL' }) },
  ],
  'a message that a mandatory router can send to nobody': [
    ({ Router }) => open(new Router({ mandatory: true })).send(['a', 'x']),
    { rejected: expect.objectContaining({ code: 'EHOSTUNREACH' }) },
  ],
  'an unknown verbosity': [
    ({ XPublisher }) => open(new XPublisher({ verbosity: 'loud' as never })),
    { thrown: expect.objectContaining({ code: 'EINVAL' }) },
  ],
  'a socket of no context': [
    ({ Push }) => new Push({ context: {} as never }),
    { thrown: expect.objectContaining({ code: 'EINVAL', message: 'Invalid argument' }) },
  ],
  'whether a DISH can send': [({ Dish }) => open(new Dish()).writable, { value: false }],
  'what is sent by a type that does not send': [
    ({ Pull }) => (open(new Pull()) as unknown as zeromq.Push).send('x'),
    { rejected: expect.objectContaining({ code: 'ENOTSUP' }) },
  ],
}

/** Every method of a closed socket. */
const closedCalls: Record<string, (socket: zeromq.Dealer) => unknown> = {
  bind: (socket) => socket.bind(inproc),
  bindSync: (socket) => socket.bindSync(inproc),
  unbind: (socket) => socket.unbind(inproc),
  connect: (socket) => socket.connect(inproc),
  disconnect: (socket) => socket.disconnect(inproc),
  send: (socket) => socket.send('x'),
  receive: (socket) => socket.receive(),
  close: (socket) => socket.close(),
  'read an option': (socket) => socket.linger,
  'set an option': (socket) => (socket.linger = 0),
  readable: (socket) => socket.readable,
  writable: (socket) => socket.writable,
  closed: (socket) => socket.closed,
  events: (socket) => socket.events,
}

describe('what goes wrong', () => {
  it.each(Object.entries(calls))('%s', async (_, call) => {
    const [here, there] = await outcomes(call)
    expect(withoutEngineWording(here)).toEqual(withoutEngineWording(there))
  })

  it.each(Object.entries(waitingCalls))('%s waits', async (_, call) => {
    let settled = 0
    for (const library of Object.values(libraries)) {
      const count = (): number => ++settled
      call(library).then(count, count)
    }
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
    expect(settled).toBe(0)
  })

  it.each(Object.entries(differences))('%s is taken otherwise', async (_, [call, expected]) => {
    expect(await outcome(() => call(libraries.Ringpost))).toEqual(expected)
  })

  it.each(Object.entries(closedCalls))('%s when closed', async (_, call) => {
    const [here, there] = await outcomes(({ Dealer }) => {
      const socket = new Dealer()
      socket.close()
      return call(socket)
    })
    expect(here).toEqual(there)
  })
})

const sendable: [string, unknown][] = [
  ['text', 'héllo'],
  ['a Buffer', Buffer.from('bytes')],
  ['a part of a Buffer', Buffer.from('0123456789').subarray(3, 6)],
  ['a typed array', new Uint16Array([1, 2, 3])],
  ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
  ['null', null],
  ['a number', 1.5],
  ['a boolean', true],
  ['a bigint', 12n],
  ['an object', {}],
  ['an array in an array', ['a', ['b', 'c']]],
  ['many frames', ['a', null, Buffer.alloc(0), 5]],
  ['a large frame', Buffer.alloc(100_000, 'x')],
]

describe('what is sent', () => {
  it.each(sendable)('as %s arrives as the same bytes', async (_, message) => {
    const received = async ({ Push, Pull }: Module): Promise<string[]> => {
      const pull = open(new Pull())
      await pull.bind('tcp://127.0.0.1:*')
      const push = open(new Push())
      push.connect(pull.lastEndpoint!)
      await push.send(message as zeromq.MessageLike)
      return (await pull.receive()).map((frame) => frame.toString('latin1'))
    }
    expect(await received(libraries.Ringpost)).toEqual(await received(original))
  })
})
