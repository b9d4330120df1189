import { ActorError } from '../errors.ts'
import type { Address } from '../host/address.ts'
import type { Down } from '../host/down.ts'
import type { DeadLetterReason } from '../host/events.ts'
import type { Host } from '../host/host.ts'
import type { StopOptions } from '../host/life.ts'
import { ActorRef, type CallOptions, type Caller } from '../host/ref.ts'
import type { Reading } from '../host/streamReader.ts'
import type { RemoteAddress } from './remoteAddress.ts'

/** A request to the program's host: to stop an actor of another node. */
export const STOP_REMOTE = 'node.stop'

/** A request to the program's host: to tie an actor of another node to one of this, or to take that back. */
export const LINK_REMOTE = 'node.link'

/** What is asked with it. */
export interface RemoteLink {
  readonly url: string
  readonly to: Address
  readonly isTied: boolean
}

/** The program's host says that an actor of another node is to be told nothing more. */
export const REFUSED_REMOTE = 'node.refused'

/** What it says of it. */
export interface RemoteRefusal {
  readonly url: string
  readonly reason: DeadLetterReason
}

/** The program's host says, by its URL, that the actor may be told something again. */
export const WELCOME_REMOTE = 'node.welcome'

/** How the gateway is to call. */
export type Manner = 'tell' | 'ask' | 'ask again' | 'send' | 'stream'

/** What a host tells the gateway, as the body of a message. */
export type Relayed = [url: string, manner: Manner, args: unknown[]]

/** How another node is called: how long that may take is known. */
export type TimedCall = CallOptions & { readonly timeoutMs: number }

/** How a stream is read from another node. */
export type StreamCall = Pick<Reading, 'signal' | 'timeoutMs' | 'until'>

type AnyRef = ActorRef<never>

/**
 * Carries the calls of refs of other nodes' actors, in any thread: to the program's host, where the
 * connections are. An ask there is one as to any actor, so that it ends whatever dies on the way.
 */
export class RemoteCaller implements Caller {
  readonly #host: Host
  /** Actors that are to be told nothing for now, by URL, and why. */
  readonly #refused = new Map<string, DeadLetterReason>()

  constructor(host: Host) {
    this.#host = host
  }

  refuse({ url, reason }: RemoteRefusal): void {
    this.#refused.set(url, reason)
  }

  welcome(url: string): void {
    this.#refused.delete(url)
  }

  tell(ref: AnyRef, method: string, args: unknown[]): boolean {
    const { gateway } = this.#host
    if (gateway !== undefined) return gateway.tell(addressOf(ref), method, args)
    const reason = this.#refused.get(addressOf(ref).url)
    if (reason !== undefined) {
      this.#host.happenings.bury(reason, ref.address, method)
      return false
    }
    return this.#host.calls.tell(this.#relay(ref, {}), method, relayed(ref, 'tell', args))
  }

  async send(ref: AnyRef, method: string, args: unknown[]): Promise<void> {
    const { gateway } = this.#host
    const options = { ...ref.options, timeoutMs: ref.options.timeoutMs ?? Infinity }
    if (gateway !== undefined) await gateway.send(addressOf(ref), method, args, options)
    else await this.#host.calls.ask(this.#relay(ref, options), method, relayed(ref, 'send', args))
  }

  ask(ref: AnyRef, method: string, args: unknown[]): Promise<unknown> {
    const { gateway } = this.#host
    const { options } = ref
    if (gateway !== undefined) return gateway.ask(addressOf(ref), method, args, this.#timed(ref))
    const manner = options.idempotent === true ? 'ask again' : 'ask'
    return this.#host.calls.ask(this.#relay(ref, options), method, relayed(ref, manner, args))
  }

  stream(ref: AnyRef, method: string, args: unknown[]): AsyncGenerator<unknown, void, void> {
    const { gateway } = this.#host
    if (gateway !== undefined) return gateway.stream(addressOf(ref), method, args, readingOf(ref))
    return this.#host.calls.stream(
      this.#relay(ref, ref.options),
      method,
      relayed(ref, 'stream', args),
    )
  }

  async stop({ host, url }: Address, options: StopOptions): Promise<void> {
    await this.#host.request(host, STOP_REMOTE, { url, options })
  }

  /** The actor of the other node fails with this one from now on, or does so no more. */
  async link({ host, url }: Address, to: Address, isTied: boolean): Promise<void> {
    await this.#host.request(host, LINK_REMOTE, { url, to, isTied })
  }

  down(address: Address, signal: AbortSignal | undefined): Promise<Down> {
    return this.#host.watches.down(address, signal)
  }

  async path(address: Address): Promise<string> {
    return (address as RemoteAddress).path
  }

  #timed(ref: AnyRef): TimedCall {
    return {
      ...ref.options,
      timeoutMs: ref.options.timeoutMs ?? this.#host.waits.timeLeft(ref.owner?.deadline),
    }
  }

  /** The place of every actor elsewhere is that of the gateway. */
  #relay(ref: AnyRef, options: CallOptions): AnyRef {
    return new ActorRef<never>(ref.address, this.#host.calls, ref.owner, options)
  }
}

function addressOf({ address }: AnyRef): RemoteAddress {
  if (address.url === undefined) throw new ActorError('EINVAL', 'The actor is in this node')
  return address as RemoteAddress
}

const readingOf = ({ options, owner }: AnyRef): StreamCall => ({
  signal: options.signal,
  timeoutMs: options.timeoutMs ?? Infinity,
  until: owner?.deadline ?? Infinity,
})

const relayed = (ref: AnyRef, manner: Manner, args: unknown[]): Relayed => [
  addressOf(ref).url,
  manner,
  args,
]
