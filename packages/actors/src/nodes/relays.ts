import { ActorError } from '../errors.ts'
import type { Clock } from '../host/clock.ts'
import { kind, type Envelope } from '../host/envelope.ts'
import type { DeadLetterReason } from '../host/events.ts'
import type { Host } from '../host/host.ts'
import type { StreamReader } from '../host/streamReader.ts'
import type { Peer } from './peer.ts'
import { Refusals } from './refusals.ts'
import { remoteAddressOf, type RemoteAddress } from './remoteAddress.ts'
import {
  REFUSED_REMOTE,
  WELCOME_REMOTE,
  type Relayed,
  type StreamCall,
  type TimedCall,
} from './remoteCaller.ts'

/** What carries to other nodes what is relayed. */
export interface RemoteVerbs {
  /** The node as it is called; undefined: there is no way to it. */
  peerOf(node: string): Peer | undefined
  tell(address: RemoteAddress, method: string, args: unknown[], isUnderWay: boolean): boolean
  send(address: RemoteAddress, method: string, args: unknown[], call: TimedCall): Promise<void>
  ask(address: RemoteAddress, method: string, args: unknown[], call: TimedCall): Promise<unknown>
  /** @throws {ActorError} `ENODEDOWN` */
  stream(address: RemoteAddress, method: string, args: unknown[], call: StreamCall): StreamReader
  bury(reason: DeadLetterReason, address: RemoteAddress, method: string): void
}

/** What the other hosts of this process say to other nodes: it comes to the program's, where the connections are. */
export class Relays {
  readonly #host: Host
  readonly #clock: Clock
  readonly #verbs: RemoteVerbs
  readonly #refusals: Refusals
  /** What is asked and sent, and not answered, by host and by its name there. */
  readonly #asked = new Map<string, AbortController>()

  constructor(host: Host, clock: Clock, verbs: RemoteVerbs) {
    this.#host = host
    this.#clock = clock
    this.#verbs = verbs
    this.#refusals = new Refusals({
      refused: (to, url, reason) => host.notify(to, REFUSED_REMOTE, { url, reason }),
      welcome: (to, url) => host.notify(to, WELCOME_REMOTE, url),
    })
  }

  /** A message of another host for another node. */
  take(envelope: Envelope): void {
    const { method, from, id, deadline } = envelope
    const [url, manner, args] = envelope.body as Relayed
    const address = remoteAddressOf(url)
    if (manner === 'tell') {
      this.#tell(from, address, method, args)
      return
    }
    if (manner === 'stream') this.#stream(envelope, address, args)
    else {
      const timeoutMs = deadline === Infinity ? Infinity : Math.max(0, deadline - this.#clock.now())
      const controller = new AbortController()
      const key = `${from}/${id}`
      this.#asked.set(key, controller)
      const call = { timeoutMs, signal: controller.signal, idempotent: manner === 'ask again' }
      const verb = manner === 'send' ? 'send' : 'ask'
      void this.#verbs[verb](address, method, args, call)
        .then(
          (value) => this.#host.replies.send(kind.reply, envelope, value),
          (error: unknown) => this.#host.replies.send(kind.failure, envelope, error),
        )
        .finally(() => this.#asked.delete(key))
    }
  }

  /** Another host waits no more for what it asked. */
  cancel(from: number, id: number): void {
    this.#asked.get(`${from}/${id}`)?.abort(new ActorError('ETIMEDOUT'))
  }

  /** The node may take again what it did not take before. */
  relieved(peer: Peer): void {
    this.#refusals.review(peer.name, (path) => peer.refusal(path) !== undefined)
  }

  /** A host that cannot know that the actor is to be told nothing more is told so. */
  #tell(from: number, address: RemoteAddress, method: string, args: unknown[]): void {
    const { url, node, path } = address
    const peer = this.#verbs.peerOf(node)
    const refusal = peer === undefined ? 'node lost' : peer.refusal(path)
    if (refusal !== undefined) {
      this.#refusals.add(url, node, path, from, refusal)
      void peer?.whenRoom().then(() => this.relieved(peer))
    }
    try {
      this.#verbs.tell(address, method, args, true)
    } catch (error) {
      // It is more than the node takes: who told it, in another thread, is not told.
      if (!(error instanceof ActorError)) throw error
      this.#verbs.bury('unreadable', address, method)
    }
  }

  /** How long each item may take is the reader's to say. */
  #stream(envelope: Envelope, address: RemoteAddress, args: unknown[]): void {
    const { method, deadline: until } = envelope
    try {
      const call = { signal: undefined, timeoutMs: Infinity, until }
      const items = this.#verbs.stream(address, method, args, call)
      this.#host.sources.pour(envelope, items, this.#host)
    } catch (error) {
      this.#host.replies.send(kind.failure, envelope, error)
    }
  }
}
