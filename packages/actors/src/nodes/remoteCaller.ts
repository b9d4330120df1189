import type { Down } from '../host/down.ts'
import type { Host } from '../host/host.ts'
import { ActorRef, type CallOptions, type Caller } from '../host/ref.ts'
import type { RemoteAddress } from './remoteAddress.ts'

/** The address, in the program's host, of what calls other nodes; no actor has it. */
export const gatewayAddress = { host: 0, slot: 0, generation: 0xffff_ffff } as const

/** What hosts ask of the program's: the names of requests. */
export const nodeRequest = { watch: 'node.watch', stop: 'node.stop' } as const

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
    return this.#host.tell(this.#relay(ref, {}), method, relayed(ref, 'tell', args))
  }

  async send(ref: AnyRef, method: string, args: unknown[]): Promise<void> {
    const { gateway } = this.#host
    const options = { ...ref.options, timeoutMs: ref.options.timeoutMs ?? Infinity }
    if (gateway !== undefined) await gateway.send(addressOf(ref), method, args, options)
    else await this.#host.ask(this.#relay(ref, options), method, relayed(ref, 'send', args))
  }

  ask(ref: AnyRef, method: string, args: unknown[]): Promise<unknown> {
    const { gateway } = this.#host
    const { options } = ref
    if (gateway !== undefined) return gateway.ask(addressOf(ref), method, args, this.#timed(ref))
    const manner = options.idempotent === true ? 'ask again' : 'ask'
    return this.#host.ask(this.#relay(ref, options), method, relayed(ref, manner, args))
  }

  stream(ref: AnyRef, method: string, args: unknown[]): AsyncGenerator<unknown, void, void> {
    const { gateway } = this.#host
    if (gateway !== undefined) return gateway.stream(addressOf(ref), method, args, this.#timed(ref))
    return this.#host.stream(this.#relay(ref, ref.options), method, relayed(ref, 'stream', args))
  }

  async stop(address: RemoteAddress): Promise<void> {
    await this.#host.request(gatewayAddress.host, nodeRequest.stop, address.url)
  }

  async down(address: RemoteAddress): Promise<Down> {
    return (await this.#host.request(gatewayAddress.host, nodeRequest.watch, address.url)) as Down
  }

  #timed(ref: AnyRef): CallOptions & { readonly timeoutMs: number } {
    return { ...ref.options, timeoutMs: this.#host.timeLeft(ref) }
  }

  #relay(ref: AnyRef, options: CallOptions): AnyRef {
    return new ActorRef<never>(gatewayAddress, this.#host, ref.owner, options)
  }
}

const addressOf = (ref: AnyRef): RemoteAddress => ref.address as RemoteAddress

const relayed = (ref: AnyRef, manner: Manner, args: unknown[]): Relayed => [
  addressOf(ref).url,
  manner,
  args,
]
