import { SocketError } from '@ringpost/transport'
import { DEFAULT_START_MS } from '../definition/spawnOptions.ts'
import { ActorError } from '../errors.ts'
import { nowhere, type Address } from '../host/address.ts'
import type { Asking } from '../host/calls.ts'
import type { Clock } from '../host/clock.ts'
import { systemClock } from '../host/clock.ts'
import type { Down } from '../host/down.ts'
import type { DeadLetterReason } from '../host/events.ts'
import type { Host } from '../host/host.ts'
import type { StopOptions } from '../host/life.ts'
import { ActorHandle, ActorRef, expectRef, type Call, type CallOptions } from '../host/ref.ts'
import type { StreamReader } from '../host/streamReader.ts'
import { Timeouts } from '../host/timeouts.ts'
import { Topics } from '../many/topics/topics.ts'
import { Dialing } from './dialing.ts'
import { HeldTells } from './heldTells.ts'
import type { Hello } from './hello.ts'
import { limitsOf } from './limits.ts'
import type { LineValues } from './line.ts'
import { Link, type Acquaintance } from './link.ts'
import { Listening } from './listening.ts'
import {
  checkConnectOptions,
  checkEndpoint,
  checkListenOptions,
  checkOpenness,
  timesOf,
  type ConnectOptions,
  type Exports,
  type ListenOptions,
} from './nodeOptions.ts'
import { Peer, type PeerOwner, type RemoteCall } from './peer.ts'
import { random } from './random.ts'
import { nodeName, remoteAddress, remoteAddressOf, type RemoteAddress } from './remoteAddress.ts'
import { Relays, type RemoteVerbs } from './relays.ts'
import {
  LINK_REMOTE,
  STOP_REMOTE,
  type RemoteLink,
  type StreamCall,
  type TimedCall,
} from './remoteCaller.ts'
import { RemoteNode } from './remoteNode.ts'
import { Seals } from './seals.ts'
import { Service, type Provider } from './service.ts'
import { TopicsDesk } from './topicsDesk.ts'
import { Wards } from './wards.ts'
import { socketNetwork } from './sockets.ts'
import type { Network, Outlet } from './network.ts'

/** How to connect to a node that a ref names; undefined: not at all. */
export type Dial = (endpoint: string) => ConnectOptions | undefined

/** A node that this one talks to. */
interface Known {
  readonly peer: Peer
  /**
   * What this node is to it: of each connection that was made from here another, so that the same node may be
   * connected to at two of its endpoints.
   */
  readonly incarnation: string
  /** What was spawned for it. */
  readonly wards: Wards
  /** What it has told that waits for room. */
  readonly held: HeldTells
  /** What only both of them know: shown by who connects when it comes again. */
  readonly ticket: string
  link: Link | undefined
  dialing: Dialing | undefined
}

/** A node that values are exchanged with. */
interface Correspondent extends Pick<Known, 'peer' | 'incarnation'> {
  readonly hello: Hello | undefined
}

/**
 * A thread of this node that seems stuck is given as long, in milliseconds, before it is ended because another node
 * stops an actor on it: it has others as well, and the other node says for itself how long a stop may take.
 */
const LEAST_STUCK_MS = 1000

/** Paths that were found under their seals are remembered, up to so many. */
const MOST_FOUND = 4096

/**
 * The way from this process to other nodes, and from them to here: it lives in the program's host, which
 * carries what other hosts say to other nodes.
 */
export class Gateway implements PeerOwner, RemoteVerbs {
  readonly clock: Clock
  readonly timeouts: Timeouts
  /** What other hosts say to other nodes. */
  readonly relays: Relays
  readonly #network: Network
  readonly #host: Host
  readonly #dial: Dial
  readonly #incarnation = random()
  readonly #seals = new Seals()
  /** What others may call this node. */
  readonly #ownNames = new Set([nodeName(this.#incarnation)])
  readonly #listenings = new Set<Listening>()
  readonly #known = new Map<string, Known>()
  readonly #exposed = new Map<string, ActorRef>()
  readonly #found = new Map<string, ActorRef>()
  /** Actors of this node, as others call them. */
  readonly #fromOutside = new WeakMap<ActorRef, ActorRef>()
  readonly #topics: Topics
  #address = ''

  /**
   * @param network where it finds them
   * @param clock of the host
   */
  constructor(
    host: Host,
    dial: Dial = () => undefined,
    network: Network = socketNetwork,
    clock: Clock = systemClock,
  ) {
    this.clock = clock
    this.timeouts = new Timeouts(clock)
    this.#network = network
    this.#host = host
    this.#dial = dial
    // They are only read here: nothing is called back.
    this.#topics = new Topics(host.topics, () => undefined)
    this.relays = new Relays(host, clock, this)
    host.serve(STOP_REMOTE, ({ url, options }: { url: string; options: StopOptions }) =>
      this.stop(remoteAddressOf(url), options),
    )
    host.serve(LINK_REMOTE, (link: RemoteLink) => this.#link(link))
  }

  // What the program does.

  async listen(endpoint: string, options: ListenOptions): Promise<Listening> {
    checkEndpoint(endpoint)
    checkListenOptions(options)
    checkOpenness(endpoint, options)
    const limits = limitsOf(options.limits)
    const door = await this.#network.listen(endpoint, options, limits.messageBytes)
    const listening: Listening = new Listening(
      door,
      (port, id, dropped) => this.#linkIn(port, id, dropped, options),
      this.#taken,
      (error) => this.#host.happenings.refused(listening.endpoint, error),
      () => this.#listenings.delete(listening),
    )
    this.#listenings.add(listening)
    const { address = isAnywhere(listening.endpoint) ? '' : listening.endpoint } = options
    for (const name of [listening.endpoint, address]) if (name !== '') this.#ownNames.add(name)
    if (this.#address === '') this.#address = address
    return listening
  }

  async connect(endpoint: string, options: ConnectOptions): Promise<RemoteNode> {
    const before = this.#known.get(endpoint)
    if (before?.peer.state === 'gone') this.disconnect(before.peer)
    const { peer } = this.#dialed(endpoint, options)
    await peer.whenUp()
    return new RemoteNode(this, peer)
  }

  disconnect(peer: Peer): void {
    const known = this.#known.get(peer.name)
    if (known?.peer !== peer) return
    known.dialing?.close()
    known.dialing = undefined
    peer.gone(new ActorError('ENODEDOWN', 'It was disconnected from'))
  }

  /** Nodes that are connected, or may come back. */
  get nodes(): RemoteNode[] {
    return [...this.#known.values()].map(({ peer }) => new RemoteNode(this, peer))
  }

  /** @throws {ActorError} `EINVAL`: no name, or one that is taken */
  expose(name: string, ref: ActorRef): void {
    const path = pathOf(name)
    expectRef('expose', ref)
    if (this.#exposed.has(path)) throw new ActorError('EINVAL', `Another actor is at ${path}`)
    this.#exposed.set(path, ref)
    this.#host.watches.whenOver(ref.address, () => {
      if (this.#exposed.get(path) === ref) this.#exposed.delete(path)
    })
  }

  conceal(name: string): void {
    this.#exposed.delete(pathOf(name))
  }

  /** @throws {ActorError} `EINVAL` */
  ref(url: string): ActorRef {
    const address = remoteAddressOf(url)
    const { node, path } = address
    if (this.#ownNames.has(node)) return this.find(path) ?? this.#nobody()
    if (!node.startsWith('node:') && !this.#known.has(node)) this.#dialed(node, {})
    return new ActorRef(address, this.#host.remote)
  }

  refAt(node: string, path: string): ActorRef {
    if (!/^\/[^\s#]+$/.test(path))
      throw new ActorError('EINVAL', `A path begins with a slash, not like ${JSON.stringify(path)}`)
    return new ActorRef(remoteAddress(node, path), this.#host.remote)
  }

  async spawnAt(
    peer: Peer,
    name: string,
    args: unknown[],
    { timeoutMs = DEFAULT_START_MS, signal }: CallOptions,
  ): Promise<ActorHandle> {
    const ref = await peer.spawn(name, args, { timeoutMs, signal })
    if (!(ref instanceof ActorRef))
      throw new ActorError('EBADMSG', 'A node spawned an actor, but gave no ref')
    return new ActorHandle(ref.address, ref.caller)
  }

  /** Settles when nothing that was told waits for a connection any more, or for room on one. */
  async whenSent(): Promise<void> {
    await Promise.all([...this.#known.values()].map(({ peer }) => peer.whenSent()))
  }

  close(): void {
    for (const listening of this.#listenings) listening.close()
    for (const { dialing, peer } of this.#known.values()) {
      dialing?.close()
      peer.gone(new ActorError('ECLOSED'))
    }
    this.timeouts.close()
  }

  // What refs do, of this thread and of others.

  tell(
    address: RemoteAddress,
    method: string,
    args: unknown[],
    isUnderWay: boolean = false,
  ): boolean {
    const peer = this.peerOf(address.node)
    if (peer !== undefined) return peer.tell(address.path, method, args, isUnderWay)
    this.bury('node lost', address, method)
    return false
  }

  async send(
    { node, path }: RemoteAddress,
    method: string,
    args: unknown[],
    options: TimedCall,
  ): Promise<void> {
    await this.#reachable(node).send(path, method, args, callOf(options))
  }

  async ask(
    { node, path }: RemoteAddress,
    method: string,
    args: unknown[],
    options: TimedCall,
  ): Promise<unknown> {
    return this.#reachable(node).ask(path, method, args, callOf(options))
  }

  /** @throws {ActorError} `ENODEDOWN` */
  stream(
    { node, path }: RemoteAddress,
    method: string,
    args: unknown[],
    call: StreamCall,
  ): StreamReader {
    return this.#reachable(node).stream(path, method, args, call)
  }

  /** Calls back when the actor is no more, or its node is not. @returns takes it back */
  watch(url: string, watcher: (down: Down) => void): () => void {
    const { node, path } = remoteAddressOf(url)
    const peer = this.peerOf(node)
    if (peer !== undefined) return peer.watch(path, watcher)
    queueMicrotask(() => watcher({ reason: 'node lost', error: unreachable(node) }))
    return () => undefined
  }

  async #link({ url, to, isTied }: RemoteLink): Promise<void> {
    const { node, path } = remoteAddressOf(url)
    await this.#reachable(node).link(path, new ActorRef(to, this.#host.calls), isTied)
  }

  async stop({ node, path }: RemoteAddress, options: StopOptions): Promise<void> {
    try {
      await this.#reachable(node).stop(path, options)
    } catch (error) {
      // What a node was asked to run ends with it.
      if (!(error instanceof ActorError) || error.code !== 'ENODEDOWN') throw error
    }
  }

  bury(reason: DeadLetterReason, address: Address, method: string): void {
    this.#host.happenings.bury(reason, address, method)
  }

  relieved(peer: Peer): void {
    this.relays.relieved(peer)
  }

  // Which node is which.

  /** The node as it is called: it is connected to if this system says how; undefined: there is no way to it. */
  peerOf(node: string): Peer | undefined {
    const known = this.#known.get(node)
    if (known !== undefined) {
      if (known.peer.state === 'gone' && known.dialing === undefined && !node.startsWith('node:'))
        return undefined
      return known.peer
    }
    if (node.startsWith('node:')) return undefined
    const options = this.#dial(node)
    return options === undefined ? undefined : this.#dialed(node, options).peer
  }

  #reachable(node: string): Peer {
    const peer = this.peerOf(node)
    if (peer === undefined) throw unreachable(node)
    return peer
  }

  #dialed(endpoint: string, options: ConnectOptions): Known {
    checkEndpoint(endpoint)
    checkConnectOptions(options)
    const before = this.#known.get(endpoint)
    if (before?.dialing !== undefined) return before
    const limits = limitsOf(options.limits)
    const { goneAfterMs } = timesOf(options)
    const dialer = this.#network.dial(endpoint, options, limits.messageBytes)
    const known: Known = before ?? {
      peer: new Peer(endpoint, this, goneAfterMs),
      incarnation: random(),
      wards: new Wards(),
      held: new HeldTells(),
      ticket: random(),
      link: undefined,
      dialing: undefined,
    }
    known.peer.awaited()
    try {
      known.dialing = new Dialing(
        dialer,
        this.clock,
        goneAfterMs,
        (port) => this.#linkOut(port, known, options),
        (error) => {
          known.dialing?.close()
          known.dialing = undefined
          known.peer.gone(error)
        },
        (error) => known.peer.failed(error),
        this.#taken,
      )
    } catch (error) {
      dialer.close()
      known.peer.gone(error)
      if (error instanceof SocketError)
        throw new ActorError('EINVAL', `Nobody can connect to ${endpoint}`, { cause: error })
      throw error
    }
    this.#known.set(endpoint, known)
    this.#ownNames.add(nodeName(known.incarnation))
    return known
  }

  #linkOut(port: Outlet, known: Known, options: ConnectOptions): Link {
    const limits = limitsOf(options.limits)
    // From the first time on it shows its ticket: the answer may be lost with the connection.
    const said = this.#helloFor(options, known, known.peer.hello?.ticket || known.ticket)
    const link = new Link(
      port,
      undefined,
      this.#valuesFor(undefined, limits.messageBytes),
      (hello, its) => {
        if (known.peer.epoch === said.epoch)
          return this.#acquainted(its, known, hello, options, undefined)
        // It was counted as gone before the answer came, which it is to hear before it is up.
        its.drop()
        return undefined
      },
      () => undefined,
      (why) => {
        known.peer.gone(why)
        known.dialing?.sentAway()
      },
    )
    link.greet(said)
    return link
  }

  #linkIn(port: Outlet, id: Buffer, dropped: () => void, options: ListenOptions): Link {
    const { messageBytes } = limitsOf(options.limits)
    const greeted = (hello: Hello, link: Link): Acquaintance => {
      const known = this.#visitor(hello, options)
      const answer = this.#helloFor(options, known, known.ticket)
      const isNew = known.link === undefined
      const acquaintance = this.#acquainted(link, known, hello, options, answer)
      // Not before it is up.
      if (isNew) queueMicrotask(() => options.onNode?.(new RemoteNode(this, known.peer)))
      return acquaintance
    }
    return new Link(port, id, this.#valuesFor(undefined, messageBytes), greeted, dropped)
  }

  /**
   * A node that has connected to this one. Its incarnation is no secret, so that whoever comes under one
   * that is known has to show what that one was given.
   *
   * @throws {ActorError} `EDENIED`
   */
  #visitor({ incarnation, ticket }: Hello, options: ListenOptions): Known {
    const name = nodeName(incarnation)
    if (this.#ownNames.has(name))
      throw new ActorError('EDENIED', 'A node does not connect to itself')
    const before = this.#known.get(name)
    if (before !== undefined) {
      if (before.ticket !== ticket)
        throw new ActorError('EDENIED', 'A node of this incarnation is there already')
      before.link?.leave(new ActorError('EDENIED', 'The node has connected once more'))
      return before
    }
    const known: Known = {
      peer: new Peer(name, this, timesOf(options).goneAfterMs),
      incarnation: this.#incarnation,
      wards: new Wards(),
      held: new HeldTells(),
      ticket: ticket || random(),
      link: undefined,
      dialing: undefined,
    }
    this.#known.set(name, known)
    return known
  }

  #acquainted(
    link: Link,
    known: Known,
    hello: Hello,
    options: ListenOptions | ConnectOptions,
    answer: Hello | undefined,
  ): Acquaintance {
    known.link = link
    const limits = limitsOf(options.limits)
    const values = this.#valuesFor({ ...known, hello }, limits.messageBytes)
    const { exports = {} } = options
    const provider: Provider = {
      find: (path) => this.#findFor(path),
      lives: async (ref) => isRemote(ref.address) || this.#host.lives(ref.address),
      hasRoom: (ref) => this.#hasRoom(ref),
      bury: (reason, ref, method) => this.bury(reason, ref.address, method),
      ask: (ref, method, args, timeoutMs) => this.#askHere(ref, method, args, timeoutMs),
      stream: (ref, method, args, remainingMs) => this.#streamHere(ref, method, args, remainingMs),
      watch: (ref, gone) => this.#host.watch(ref.address, gone),
      whenOver: (ref, over) => this.#host.watches.whenOver(ref.address, over),
      topics: new TopicsDesk(this.#topics, options.topics),
      mayLink: options.links === true,
      link: (ref, { address }, isTied) => this.#host.watches.tie(ref.address, address, isTied),
      spawn: (name, args) => this.#spawnHere(exports, name, args),
      stop: ({ address }, how) => this.#host.stopping.stop(address, how, LEAST_STUCK_MS),
    }
    const service = new Service(
      link.line,
      provider,
      limits,
      known.wards,
      known.held,
      (ref) => this.#seals.pathOf(ref.address),
      link.dropped,
    )
    return { peer: known.peer, service, values, answer }
  }

  #helloFor(
    options: ListenOptions | ConnectOptions,
    { incarnation, peer }: Known,
    ticket: string,
  ): Hello {
    return {
      incarnation,
      address: this.#address,
      name: options.name ?? '',
      actors: [...this.#exposed.keys()],
      exports: Object.keys(options.exports ?? {}),
      maxBytes: limitsOf(options.limits).messageBytes,
      isPlain: false,
      ticket,
      epoch: peer.epoch,
      takesGrace: true,
    }
  }

  valuesFor(peer: Peer): LineValues {
    const known = this.#known.get(peer.name)
    return this.#valuesFor(known && { ...known, hello: peer.hello }, Infinity)
  }

  ended(peer: Peer): void {
    const known = this.#known.get(peer.name)
    if (known?.peer !== peer) return
    for (const ward of known.wards.values()) void endWard(ward)
    known.wards.clear()
    if (peer.state !== 'gone') return
    known.held.giveUp(new ActorError('ENODEDOWN', 'The node that told it is gone'))
    if (known.dialing !== undefined) return
    this.#known.delete(peer.name)
    if (known.incarnation !== this.#incarnation) this.#ownNames.delete(nodeName(known.incarnation))
  }

  // What other nodes may do here.

  /** The actor at a path: one that was exposed, or that a ref was given of. */
  find(path: string): ActorRef | undefined {
    const known = this.#exposed.get(path) ?? this.#found.get(path)
    if (known !== undefined) return known
    const address = this.#seals.open(path)
    if (address === undefined) return undefined
    if (this.#found.size >= MOST_FOUND) this.#found.clear()
    const ref = new ActorRef(address, this.#host.calls)
    this.#found.set(path, ref)
    return ref
  }

  /** The actor at a path, to be called by another node. */
  #findFor(path: string): ActorRef | undefined {
    const ref = this.find(path)
    if (ref === undefined) return undefined
    let called = this.#fromOutside.get(ref)
    if (called === undefined) {
      called = ref.calledWith(outside)
      this.#fromOutside.set(ref, called)
    }
    return called
  }

  #hasRoom({ address }: ActorRef): boolean {
    return isRemote(address) || this.#host.calls.hasRoom(address)
  }

  #askHere(ref: ActorRef, method: string, args: unknown[], timeoutMs: number): Asking {
    const { calls, whereabouts } = this.#host
    if (ref.caller === calls && !whereabouts.isAwaited(ref.address))
      return calls.begin(ref as ActorRef<never>, method, args, timeoutMs)
    const controller = new AbortController()
    const { signal } = controller
    const promise = ref.calledWith({ timeoutMs, signal }).callAsk(method, args)
    return { promise, abandon: (error) => controller.abort(error) }
  }

  /** As an actor reads it that handles a message for so long. */
  #streamHere(
    { address, caller, options }: ActorRef,
    method: string,
    args: unknown[],
    remainingMs: number,
  ): AsyncGenerator<unknown, void, void> {
    const reader = { deadline: this.clock.now() + remainingMs }
    return new ActorRef(address, caller, reader, options).callStream(method, args)
  }

  async #spawnHere(exports: Exports, name: string, args: unknown[]): Promise<ActorHandle> {
    const definition = Object.hasOwn(exports, name) ? exports[name] : undefined
    if (definition === undefined)
      throw new ActorError('EDENIED', `This node exports nothing that is called ${name}`)
    return (await this.#host.spawn(definition, args as never[], undefined, outside)) as ActorHandle
  }

  readonly #taken = (): void => this.#host.settle()

  // How refs cross.

  #valuesFor(known: Correspondent | undefined, maxBytes: number): LineValues {
    return {
      isPlain: known?.hello?.isPlain ?? false,
      peerTakesBytes: known?.hello?.maxBytes ?? Infinity,
      maxBytes,
      toRef: (value) =>
        value instanceof ActorRef ? Buffer.from(this.#urlOf(value.address, known)) : undefined,
      fromRef: (bytes) => this.#refOf(remoteAddressOf(bytes.toString()), known),
    }
  }

  #urlOf(address: Address, known: Correspondent | undefined): string {
    if (!isRemote(address))
      return remoteAddress(this.#nameFor(known), this.#seals.pathOf(address)).url
    const { node, path } = address
    const hello = node === known?.peer.name ? known.hello : this.#known.get(node)?.peer.hello
    if (hello === undefined) return address.url
    const name = node === known?.peer.name ? nodeName(hello.incarnation) : hello.address || node
    return remoteAddress(name, path).url
  }

  #refOf(address: RemoteAddress, known: Correspondent | undefined): ActorRef {
    const { node, path } = address
    if (this.#ownNames.has(node)) return this.find(path) ?? this.#nobody()
    const isItsOwn =
      known?.hello !== undefined &&
      (node === nodeName(known.hello.incarnation) || node === known.hello.address)
    // What a node says of itself goes the way that it said it.
    const own = isItsOwn ? remoteAddress(known.peer.name, path) : address
    return new ActorRef(own, this.#host.remote)
  }

  /** What this node is called in refs of its actors. */
  #nameFor(known: Correspondent | undefined): string {
    return this.#address || nodeName(known?.incarnation ?? this.#incarnation)
  }

  #nobody(): ActorRef {
    return new ActorRef(nowhere, this.#host.calls)
  }
}

/** How other nodes call. */
const outside: Call = { isFromOutside: true }

const isRemote = (address: Address): address is RemoteAddress => address.url !== undefined

const callOf = ({ timeoutMs, signal, idempotent }: TimedCall): RemoteCall => ({
  timeoutMs,
  signal,
  isIdempotent: idempotent,
})

const unreachable = (node: string): ActorError =>
  new ActorError(
    'ENODEDOWN',
    `There is no connection to ${node}, and none is made for a ref that was received, unless \`dial\` says how`,
  )

const pathOf = (name: string): string => {
  const path = typeof name === 'string' && name.startsWith('/') ? name : `/${name}`
  if (!/^\/[^~$\s#][^\s#]*$/.test(path))
    throw new ActorError('EINVAL', `An actor cannot be exposed as ${JSON.stringify(name)}`)
  return path
}

const isAnywhere = (endpoint: string): boolean => /^tcp:\/\/(0\.0\.0\.0|\*|\[::\]):/.test(endpoint)

async function endWard(ward: ActorHandle): Promise<void> {
  try {
    await ward.stop()
  } catch (error) {
    // The system is being closed, and all actors with it.
    if (!(error instanceof ActorError) || error.code !== 'ECLOSED') throw error
  }
}
