import { ActorError } from '../errors.ts'
import type { Address } from '../host/address.ts'
import type { Down } from '../host/down.ts'
import type { Host } from '../host/host.ts'
import type { StopOptions } from '../host/life.ts'
import { ActorRef, type CallOptions, type Caller } from '../host/ref.ts'
import type { RemoteAddress } from './remoteAddress.ts'

/** A request to the program's host: to stop an actor of another node. */
export const STOP_REMOTE = 'node.stop'

/** How the gateway is to call. */
export type Manner = 'tell' | 'ask' | 'ask again' | 'send' | 'stream'

/** What a host tells the gateway, as the body of a message. */
export type Relayed = [url: string, manner: Manner, args: unknown[]]

type AnyRef = ActorRef<never>

/**
 * Carries the calls of refs of other nodes' actors, in any thread: to the program's host, where the
 * connections are. An ask there is one as to any actor, so that it ends whatever dies on the way.
 */
export class RemoteCaller implements Caller {
  readonly #host: Host

  constructor(host: Host) {
    this.#host = host
  }

  tell(ref: AnyRef, method: string, args: unknown[]): boolean {
    const { gateway } = this.#host
    if (gateway !== undefined) return gateway.tell(addressOf(ref), method, args)
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
    if (gateway !== undefined) return gateway.stream(addressOf(ref), method, args, this.#timed(ref))
    return this.#host.calls.stream(
      this.#relay(ref, ref.options),
      method,
      relayed(ref, 'stream', args),
    )
  }

  /** Of the options `drain` alone means something to another node: its threads are its own. */
  async stop({ host, url }: Address, options: StopOptions): Promise<void> {
    await this.#host.request(host, STOP_REMOTE, { url, options })
  }

  down(address: Address, signal: AbortSignal | undefined): Promise<Down> {
    return this.#host.watches.down(address, signal)
  }

  #timed(ref: AnyRef): CallOptions & { readonly timeoutMs: number } {
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

const relayed = (ref: AnyRef, manner: Manner, args: unknown[]): Relayed => [
  addressOf(ref).url,
  manner,
  args,
]
