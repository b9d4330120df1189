import type { InspectOptions } from 'node:util'
import { outline, show } from '@ringpost/core/internal'
import type { ActorDefinition } from '../definition/definition.ts'
import type { Handlers } from '../definition/types.ts'
import type { Down } from '../host/down.ts'
import type { ActorHandle, ActorRef, CallOptions } from '../host/ref.ts'
import { checkOptions } from '../options/checkOptions.ts'
import { abortSignal, milliseconds } from '../options/kinds.ts'
import type { Gateway } from './gateway.ts'
import type { Hello } from './hello.ts'
import { NodeTopics } from './nodeTopics.ts'
import type { Peer } from './peer.ts'
import { TOPICS_PATH } from './topicsDesk.ts'

const withKinds = { timeoutMs: milliseconds(0), signal: abortSignal }

// `any` so that every definition matches.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type ArgumentsOf<D> = D extends ActorDefinition<infer Args, any> ? Args : unknown[]

/** What becomes of a node, as of each of its actors. */
export type NodeDown = Extract<Down, { readonly reason: 'node lost' }>

/** Another process, or machine, that this one is connected to, or was. */
export class RemoteNode {
  readonly #gateway: Gateway
  readonly #peer: Peer
  readonly #options: Pick<CallOptions, 'timeoutMs' | 'signal'>

  /** @internal */
  constructor(gateway: Gateway, peer: Peer, options: CallOptions = {}) {
    this.#gateway = gateway
    this.#peer = peer
    this.#options = options
  }

  /** The same node, where a spawn may take so long, 30 seconds by default, and no longer than the signal lets it. @throws {ActorError} `EINVAL` */
  with(options: Pick<CallOptions, 'timeoutMs' | 'signal'>): RemoteNode {
    checkOptions('with of a node', options, withKinds)
    return new RemoteNode(this.#gateway, this.#peer, { ...this.#options, ...options })
  }

  /** How refs name it: where it listens, or `node:` and its incarnation. */
  get id(): string {
    return this.#peer.name
  }

  /** What tells this life of it from any other; empty before it was there. */
  get incarnation(): string {
    return this.#hello?.incarnation ?? ''
  }

  /** What it calls itself, for people. */
  get name(): string {
    return this.#hello?.name ?? ''
  }

  /** Where others can connect to it; empty for nowhere. */
  get address(): string {
    return this.#hello?.address ?? ''
  }

  /** Paths of its actors that may be called, when it connected. */
  get actors(): readonly string[] {
    return this.#hello?.actors ?? []
  }

  /** Names of definitions that it spawns. */
  get exports(): readonly string[] {
    return this.#hello?.exports ?? []
  }

  get isConnected(): boolean {
    return this.#peer.state === 'up'
  }

  /**
   * An actor there, which need not be there yet. Its type is not checked: `node.ref<typeof counter>('/counter')`.
   *
   * @throws {ActorError} `EINVAL`: it is no path
   */
  ref<D = Handlers>(path: string): ActorRef<D> {
    return this.#gateway.refAt(this.#peer.name, path) as never
  }

  /**
   * Spawns an actor there, of a definition that the node exports: `node.spawn<typeof counter>('counter', 40)`.
   * It ends when this node is gone from there.
   *
   * Rejects with ActorError `EDENIED`: it exports nothing of that name; `EOVERFLOW`: it has spawned too many;
   * `ESCHEMA`: its schema does not let the arguments through; `ETIMEDOUT`; `ENODEDOWN`; and what the factory throws.
   */
  spawn<D>(name: string, ...args: ArgumentsOf<D>): Promise<ActorHandle<D>> {
    return this.#gateway.spawnAt(this.#peer, name, args, this.#options) as never
  }

  /**
   * Settles when the node is gone: it had no connection for `goneAfterMs`, has said goodbye, was disconnected from, or
   * has come back as another process; at once if it is gone already.
   *
   * @param options.signal ends the wait: rejects with the signal's reason
   */
  down({ signal }: { signal?: AbortSignal } = {}): Promise<NodeDown> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const abort = (): void => {
        forget()
        reject(signal!.reason)
      }
      const forget = this.#peer.onGone((error) => {
        signal?.removeEventListener('abort', abort)
        resolve({ reason: 'node lost', error })
      })
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** Its topics, as far as it lets this node at them. */
  get topics(): NodeTopics {
    const ref = this.#gateway.refAt(this.#peer.name, TOPICS_PATH) as ActorRef
    return new NodeTopics(ref as never, () => this.#peer.state === 'gone')
  }

  /** Ends the connection, and does not make it again. The other side is told. Only of nodes that this one connected to. */
  disconnect(): void {
    this.#gateway.disconnect(this.#peer)
  }

  /** @internal */
  [show](depth: number, options: InspectOptions): string {
    const { id, name, isConnected } = this
    return outline(this, { id, ...(name !== '' && { name }), isConnected }, depth, options)
  }

  get #hello(): Hello | undefined {
    return this.#peer.hello
  }
}
