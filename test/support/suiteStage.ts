import { afterEach, it } from 'vitest'
import { Acquaintances } from './suiteAcquaintances.ts'
import type { Socket } from './suiteApi.ts'
import { hear, type Listening, type Publishing } from './suiteHearing.ts'
import type {
  Features,
  FarSocket,
  OptionsOf,
  SocketName,
  SocketOf,
  Subject,
} from './suiteSubject.ts'

interface Watched<T> {
  readonly promise: Promise<T>
  state: 'pending' | 'fulfilled' | 'rejected'
}

/** What one test needs: sockets here and at the far side, all closed when the test ends. */
export interface Stage {
  open<Name extends SocketName>(name: Name, options?: OptionsOf<Name>): SocketOf<Name>
  /** A far socket, not bound or connected yet. */
  far(name: SocketName, options?: Record<string, unknown>): Promise<FarSocket>
  /**
   * This many far sockets, connected to the endpoint one after the other; a socket of this side that
   * is bound there has met them.
   */
  farPeers(
    name: SocketName,
    count: number,
    endpoint: string,
    options?: Record<string, unknown>,
  ): Promise<FarSocket[]>
  endpoint(): string
  /** Waits until a socket of this side has met so many more peers at an endpoint. */
  meets(socket: Socket, count: number, endpoint: string): Promise<void>
  /** Waits until so many more peers that a socket of this side had met at an endpoint have gone. */
  loses(socket: Socket, count: number, endpoint: string): Promise<void>
  /** Waits until a publisher knows all that these subscribers have subscribed to and cancelled. */
  hears(publisher: Publishing, ...subscribers: Listening[]): Promise<void>
}

/** Gives each test of the surrounding `describe` an empty stage and clears it afterwards. */
export function useStage(subject: Subject): Stage {
  const sockets: Socket[] = []
  const acquaintances = new Acquaintances()
  const { immediate } = subject.features
  let isJoining = false

  afterEach(async () => {
    for (const socket of sockets.splice(0).reverse()) {
      if (socket.closed) continue
      socket.linger = 0
      socket.close()
    }
    await subject.far.closeAll()
    isJoining = false
  })

  /** What happens to a socket before it is asked for its events is told to nobody. */
  function observe(socket: Socket): void {
    if (isJoining && !immediate) void socket.events
  }

  function open<Name extends SocketName>(name: Name, options?: OptionsOf<Name>): SocketOf<Name> {
    const Type = subject.zmq[name] as new (given?: OptionsOf<Name>) => SocketOf<Name>
    const socket = options === undefined ? new Type() : new Type(options)
    sockets.push(socket)
    observe(socket)
    return socket
  }

  async function meets(socket: Socket, count: number, endpoint: string): Promise<void> {
    if (immediate) takeNote(socket)
    else await acquaintances.met(socket, count, endpoint)
  }

  async function loses(socket: Socket, count: number, endpoint: string): Promise<void> {
    if (immediate) takeNote(socket)
    else await acquaintances.lost(socket, count, endpoint)
  }

  async function hears(publisher: Publishing, ...subscribers: Listening[]): Promise<void> {
    if (!immediate) await hear(publisher, subscribers)
    else if ('name' in publisher) await publisher.get('writable')
    else takeNote(publisher)
  }

  async function farPeers(
    ...[name, count, endpoint, options]: Parameters<Stage['farPeers']>
  ): Promise<FarSocket[]> {
    const peers: FarSocket[] = []
    while (peers.length < count) {
      const peer = await subject.far.open(name, options)
      await peer.connect(endpoint)
      peers.push(peer)
    }
    const host = sockets.findLast((socket) => !socket.closed && socket.lastEndpoint === endpoint)
    if (host !== undefined && !immediate) await meets(host, count, endpoint)
    return peers
  }

  return {
    open,
    far: (name, options) => subject.far.open(name, options),
    farPeers,
    endpoint: () => {
      isJoining = true
      for (const socket of sockets) if (!socket.closed) observe(socket)
      return subject.endpoint()
    },
    meets,
    loses,
    hears,
  }
}

/** Declares a test for subjects with this feature, and nothing for the others. */
export function itWith(
  subject: Subject,
  feature: keyof Features,
): (sentence: string, test: () => Promise<void> | void) => void {
  return subject.features[feature] ? it : () => undefined
}

/** Lets a socket take note of what its peers did: connected, subscribed, made room. */
export function takeNote(socket: { readonly readable: boolean; readonly writable: boolean }): void {
  void socket.readable
  void socket.writable
}

/** Follows a promise that is expected to wait, so that a test can ask whether it still does. */
export function watch<T>(promise: Promise<T>): Watched<T> {
  const watched: Watched<T> = { promise, state: 'pending' }
  promise.then(
    () => (watched.state = 'fulfilled'),
    () => (watched.state = 'rejected'),
  )
  return watched
}

/** Lets the event loop turn a few times: whatever could have happened by now, has happened. */
export async function eventLoopTurns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

/** The frames of a message as texts. */
export function texts(message: readonly Buffer[]): string[] {
  return message.map(String)
}

/** The first frame of each message as text. */
export function heads(messages: readonly (readonly Buffer[])[]): string[] {
  return messages.map((message) => String(message[0]))
}

/** Receives this many messages, one after the other. */
export async function take<M>(socket: { receive(): Promise<M> }, count: number): Promise<M[]> {
  const messages: M[] = []
  while (messages.length < count) messages.push(await socket.receive())
  return messages
}

/** The numbers from `from` up to but not including `to`, as texts. */
export function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => String(from + index))
}
