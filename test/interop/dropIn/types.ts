import {
  capability,
  context,
  Context,
  curveKeyPair,
  Dealer,
  Proxy,
  Publisher,
  Pull,
  Push,
  Reply,
  Router,
  type Socket,
  Stream,
  Subscriber,
  version,
  XPublisher,
  type Event,
  type EventOfType,
  type EventSubscriber,
  type EventType,
  type Message,
  type MessageLike,
  type Observer,
  type Readable,
  type RouterConnectOptions,
  type SocketOptions,
  type StreamConnectOptions,
  type Writable,
} from 'zeromq'
import { Client, Dish, Radio, Scatter, Server } from 'zeromq/draft.js'

// What programs say of types; they hold when it compiles. All of it runs, too.

const settings: SocketOptions<Dealer> = { routingId: 'dealer', linger: 0, conflate: true, context }
const dealer = new Dealer(settings)
const sockets: Socket[] = [dealer]

function keep<S extends Socket>(socket: S): S {
  sockets.push(socket)
  return socket
}

class Queue<M extends MessageLike> {
  readonly #socket: Writable
  constructor(socket: Writable) {
    this.#socket = socket
  }
  push(message: M): Promise<void> {
    return this.#socket.send(message)
  }
}

async function first(socket: Readable): Promise<Message> {
  const [message] = await socket.receive()
  return message!
}

async function all(socket: Readable, count: number): Promise<string[]> {
  const texts: string[] = []
  for await (const message of socket) {
    texts.push(message.map((frame: Message) => frame.toString()).join())
    if (texts.length === count) break
  }
  return texts
}

function watch(events: EventSubscriber, types: EventType[]): EventSubscriber {
  const listener = (event: EventOfType): void => console.log(event.type)
  for (const type of types) events = events.on(type, listener).off(type, listener)
  return events
}

function describe(event: Event): string {
  switch (event.type) {
    case 'connect:retry':
      return `${event.address} in ${event.interval}`
    case 'bind:error':
    case 'handshake:error:other':
      return `${event.address}: ${event.error.code} ${event.error.errno}`
    case 'handshake:error:auth':
      return `${event.address}: ${event.error.status}`
    case 'handshake:error:protocol':
      return `${event.address}: ${event.error.code}`
    case 'end':
    case 'unknown':
      return event.type
    default:
      return event.address
  }
}

const limited: Context = new Context({ maxSockets: 2, blocky: false })
const proxy: Proxy<Router, Dealer> = new Proxy(keep(new Router()), dealer)
proxy.frontEnd.mandatory = true
const toPeer: RouterConnectOptions = { routingId: 'peer' }
const toServer: StreamConnectOptions = {}
keep(new Router()).connect('tcp://127.0.0.1:1', toPeer)
keep(new Stream({ notify: false })).connect('tcp://127.0.0.1:1', toServer)
const { publicKey, secretKey } = curveKeyPair()
keep(new Reply({ curveServer: true, curveSecretKey: secretKey }))
keep(new Subscriber({ receiveTimeout: 0 })).subscribe('a', Buffer.from('b'))
keep(new Publisher({ noDrop: true, conflate: false, invertMatching: false }))
keep(new XPublisher({ manual: true, welcomeMessage: 'hi', verbosity: 'allSubs' }))
keep(new Scatter()).conflate = true
const server: Writable<MessageLike, [{ routingId: number }]> = keep(new Server())
const radio: Writable<MessageLike, [{ group: Buffer | string }]> = keep(new Radio())
const replies: Readable<[Message, { routingId: number }]> = keep(new Server())
const client: Readable<[Message]> & Writable<MessageLike> = keep(new Client())
keep(new Dish()).join('group', Buffer.from('other'))
const events: Observer = dealer.events

console.log(version, publicKey.length, capability.draft === true, limited.maxSockets)
console.log(describe({ type: 'connect:retry', address: 'a', interval: 5 }))
console.log(dealer.type, dealer.lastEndpoint, dealer.securityMechanism, dealer.threadSafe)
console.log([server, radio, replies, client].length, watch(events, ['bind', 'end']) !== undefined)

const pull = keep(new Pull())
await pull.bind('tcp://127.0.0.1:*')
const push = keep(new Push())
push.connect(pull.lastEndpoint!)
const queue = new Queue<string | null>(push)
await queue.push('one')
console.log(String(await first(pull)))
const queued: MessageLike[] = ['two', 2, Buffer.from('2'), new Uint8Array([50]), null]
await push.send(queued)
console.log(await all(pull, 1))
for (const socket of sockets) {
  socket.linger = 0
  socket.close()
}
