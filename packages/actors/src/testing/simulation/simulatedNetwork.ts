import { SocketError } from '@ringpost/transport'
import { ActorError } from '../../errors.ts'
import type { Clock } from '../../host/clock.ts'
import type { DialEvents, Dialer, Door, Network, Outlet, Take } from '../../nodes/network.ts'
import { timesOf, type ConnectOptions, type ListenOptions } from '../../nodes/nodeOptions.ts'
import type { Sender } from '../../nodes/port.ts'
import { Connection, type Party } from './connection.ts'
import type { Scheduler } from './scheduler.ts'
import type { Site } from './site.ts'

/** How long to wait before a connection is tried again, in milliseconds; twice as long each time. */
const RECONNECT_MS = 50
const RECONNECT_MOST_MS = 2000
/** Ports that are found for a wildcard. */
const FIRST_PORT = 49_152

/** The program of one system, as the network knows it. */
interface Place {
  readonly site: Site
  readonly clock: Clock
  readonly name: string
}

/** What joins the nodes of one run: the connections to each endpoint can be cut, or held up. */
export class SimulatedNetwork {
  readonly #scheduler: Scheduler
  readonly #doors = new Map<string, SimulatedDoor>()
  readonly #connections = new Map<Connection, string>()
  readonly #cut = new Set<string>()
  readonly #held = new Map<string, number>()
  #ports = FIRST_PORT
  #ids = 0

  /** @internal */
  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  /**
   * Cuts all connections to the endpoint, until `mend`. Some of what is on its way is lost, each side is told,
   * and it is in vain that they try again.
   */
  cut(endpoint: string): void {
    this.#cut.add(endpoint)
    for (const [connection, to] of this.#connections) if (to === endpoint) connection.cut()
  }

  /** Connections to the endpoint can be made again: they are when it is tried next, 50 to 2,000 ms later. */
  mend(endpoint: string): void {
    this.#cut.delete(endpoint)
  }

  /**
   * Nothing gets through to the endpoint, or from it, and nobody is told: a node notices when it has had no
   * sign of life for three times its `heartbeatMs`.
   *
   * @returns lets everything through again
   */
  hold(endpoint: string): () => void {
    this.#held.set(endpoint, (this.#held.get(endpoint) ?? 0) + 1)
    const releases = [...this.#connections]
      .filter(([, to]) => to === endpoint)
      .map(([connection]) => connection.hold())
    let isHolding = true
    return () => {
      if (!isHolding) return
      isHolding = false
      this.#held.set(endpoint, this.#held.get(endpoint)! - 1)
      for (const release of releases) release()
    }
  }

  /** @internal As the program of one system sees it. */
  from(site: Site, clock: Clock, name: string): Network {
    const place = { site, clock, name }
    return {
      listen: async (endpoint, options) => this.#listen(place, endpoint, options),
      dial: (endpoint, options) => {
        checkSecurity(options)
        return new SimulatedDialer(this, this.#scheduler, place, endpoint, options)
      },
    }
  }

  /** @internal @returns undefined: nobody can be reached there now */
  connect(endpoint: string, party: Party): Connection | undefined {
    const door = this.#doors.get(endpoint)
    const isHeld = (this.#held.get(endpoint) ?? 0) > 0
    if (door === undefined || this.#cut.has(endpoint) || isHeld) return undefined
    const id = Buffer.alloc(5)
    id.writeUInt32BE(++this.#ids, 1)
    const visitor = door.visitor(id)
    const connection: Connection = new Connection(this.#scheduler, [party, visitor], () =>
      this.#connections.delete(connection),
    )
    this.#connections.set(connection, endpoint)
    door.joined(id, visitor, connection)
    return connection
  }

  #listen(place: Place, endpoint: string, options: ListenOptions): Door {
    checkSecurity(options)
    const found = endpoint.replace(/:(\*|0)$/, () => `:${this.#ports++}`)
    if (this.#doors.has(found)) throw new SocketError('EADDRINUSE')
    const door = new SimulatedDoor(place, found, options, () => this.#doors.delete(found))
    this.#doors.set(found, door)
    return door
  }
}

function checkSecurity({ curve, plain }: ListenOptions | ConnectOptions): void {
  if (curve !== undefined || plain !== undefined)
    throw new ActorError('EINVAL', 'A simulated network knows no keys and no passwords')
}

/** Has those try again who have found no room. */
class Queue {
  readonly #senders = new Set<Sender>()

  add(sender: Sender): void {
    this.#senders.add(sender)
  }

  delete(sender: Sender): void {
    this.#senders.delete(sender)
  }

  readonly retry = (): void => {
    for (const sender of this.#senders) if (sender.retry()) this.#senders.delete(sender)
  }
}

interface Visit {
  readonly visitor: Party
  readonly connection: Connection
}

class SimulatedDoor implements Door {
  readonly endpoint: string
  readonly #place: Place
  readonly #silenceMs: number
  readonly #closed: () => void
  readonly #visits = new Map<string, Visit>()
  readonly #waiting = new Queue()
  #take: Take = () => undefined
  #taken: () => void = () => undefined

  constructor(place: Place, endpoint: string, options: ListenOptions, closed: () => void) {
    this.#place = place
    this.endpoint = endpoint
    this.#silenceMs = timesOf(options).heartbeat.heartbeatTimeout
    this.#closed = closed
  }

  open(take: Take, taken: () => void): Outlet {
    this.#take = take
    this.#taken = taken
    return {
      offer: ([id, ...frames]) => {
        const visit = this.#visits.get(keyOf(id!))
        return visit?.connection.send(visit.visitor, frames) ?? true
      },
      await: (sender) => this.#waiting.add(sender),
      forget: (sender) => this.#waiting.delete(sender),
      drop: (id) => this.#visits.get(keyOf(id!))?.connection.cut(),
      close: () => this.close(),
    }
  }

  /** Who comes under that routing id. */
  visitor(id: Buffer): Party {
    return {
      ...this.#place,
      silenceMs: this.#silenceMs,
      take: (message) => this.#receive([id, ...message]),
      relieved: this.#waiting.retry,
      gone: () => {
        this.#visits.delete(keyOf(id))
        this.#receive([id, Buffer.alloc(0)])
      },
    }
  }

  joined(id: Buffer, visitor: Party, connection: Connection): void {
    this.#visits.set(keyOf(id), { visitor, connection })
  }

  close(): void {
    this.#closed()
    for (const { visitor, connection } of this.#visits.values()) connection.leave(visitor)
    this.#visits.clear()
  }

  #receive(message: Buffer[]): void {
    this.#take(message)
    this.#taken()
  }
}

const keyOf = (id: Buffer): string => id.toString('latin1')

class SimulatedDialer implements Dialer, Party {
  readonly site: Site
  readonly clock: Clock
  readonly name: string
  readonly silenceMs: number
  readonly #network: SimulatedNetwork
  readonly #scheduler: Scheduler
  readonly #endpoint: string
  readonly #waiting = new Queue()
  #events: DialEvents | undefined
  #take: Take = () => undefined
  #taken: () => void = () => undefined
  #connection: Connection | undefined
  #delayMs = RECONNECT_MS
  #retry: unknown
  #isClosed = false

  constructor(
    network: SimulatedNetwork,
    scheduler: Scheduler,
    { site, clock, name }: Place,
    endpoint: string,
    options: ConnectOptions,
  ) {
    this.site = site
    this.clock = clock
    this.name = name
    this.silenceMs = timesOf(options).heartbeat.heartbeatTimeout
    this.#network = network
    this.#scheduler = scheduler
    this.#endpoint = endpoint
  }

  open(events: DialEvents, take: Take, taken: () => void): Outlet {
    this.#events = events
    this.#take = take
    this.#taken = taken
    const what = `${this.name}: connects to ${this.#endpoint}`
    this.#scheduler.post(this.#scheduler.track(this.site), { what, run: this.#connect })
    return {
      offer: (message) => this.#connection?.send(this, message) ?? true,
      await: (sender) => this.#waiting.add(sender),
      forget: (sender) => this.#waiting.delete(sender),
      drop: () => this.#connection?.cut(),
      close: () => this.close(),
    }
  }

  close(): void {
    this.#isClosed = true
    this.clock.cancel(this.#retry)
    this.#connection?.leave(this)
    this.#connection = undefined
  }

  take(message: Buffer[]): void {
    this.#take(message)
    this.#taken()
  }

  relieved(): void {
    this.#waiting.retry()
  }

  gone(): void {
    this.#connection = undefined
    this.#later()
    this.#events?.lost(undefined)
  }

  readonly #connect = (): void => {
    if (this.#isClosed) return
    this.#connection = this.#network.connect(this.#endpoint, this)
    if (this.#connection === undefined) this.#later()
    else {
      this.#delayMs = RECONNECT_MS
      this.#events?.connected()
    }
  }

  #later(): void {
    this.#retry = this.clock.after(this.#delayMs, this.#connect)
    this.#delayMs = Math.min(2 * this.#delayMs, RECONNECT_MOST_MS)
  }
}
