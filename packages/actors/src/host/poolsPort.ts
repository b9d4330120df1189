import type { ActorDefinition } from '../definition/definition.ts'
import type { PoolsHost } from '../many/pool/pools.ts'
import type { RelayOutlet } from '../many/pool/view.ts'
import type { Address } from './address.ts'
import type { Asks, Pending } from './asks.ts'
import type { Down } from './down.ts'
import { kind, type Envelope, type Kind } from './envelope.ts'
import type { DeadLetterReason } from './events.ts'
import type { Parent } from './families.ts'
import type { Host } from './host.ts'
import type { ActorHandle, Caller } from './ref.ts'
import type { Service } from './services.ts'
import type { Timeout } from './timeouts.ts'
import { Work } from './work.ts'

/** What the pools of a thread have of its host. */
export class PoolsPort implements PoolsHost {
  readonly number: number
  readonly calls: Caller
  readonly #host: Host
  readonly #asks: Asks

  constructor(host: Host, asks: Asks) {
    this.number = host.number
    this.calls = host.calls
    this.#host = host
    this.#asks = asks
  }

  get places(): readonly number[] {
    return this.#host.placement.hosts
  }

  now(): number {
    return this.#host.now()
  }

  timeLeft(deadline?: number): number {
    return this.#host.waits.timeLeft(deadline)
  }

  add(pending: Pending, timeoutMs: number): void {
    this.#asks.add(pending, timeoutMs)
  }

  remove(pending: Pending): boolean {
    return this.#asks.remove(pending)
  }

  cancel(pending: Pending): void {
    this.#host.waits.cancel(pending)
  }

  startTimeout(timeout: Timeout, lastsMs: number): void {
    this.#host.startTimeout(timeout, lastsMs)
  }

  stopTimeout(timeout: Timeout): void {
    this.#host.stopTimeout(timeout)
  }

  hand(
    how: Kind,
    address: Address,
    method: string,
    args: unknown[],
    id: number,
    deadline: number,
  ): void {
    this.#host.calls.hand(how, address, method, args, id, deadline)
  }

  copyArgs(args: unknown[]): unknown[] {
    return this.#host.copyArgs(args)
  }

  isBlocked(address: Address): boolean {
    return this.#host.calls.refusal(address) !== undefined
  }

  isGone(host: number): boolean {
    return this.#host.isGone(host)
  }

  bury(reason: DeadLetterReason, address: Address, method: string): void {
    this.#host.happenings.bury(reason, address, method)
  }

  serve(name: string, answer: Service): void {
    this.#host.serve(name, answer)
  }

  request(host: number, name: string, body: unknown): Promise<unknown> {
    return this.#host.request(host, name, body)
  }

  notify(host: number, name: string, body: unknown): void {
    this.#host.notify(host, name, body)
  }

  spawn<H>(definition: ActorDefinition<[], H>, args: [], parent?: Parent): Promise<ActorHandle<H>> {
    return this.#host.spawn(definition, args, parent)
  }

  watch(address: Address, watcher: (down: Down) => void): () => void {
    return this.#host.watch(address, watcher)
  }

  relayFor(address: Address, relay: (envelope: Envelope, isFromOutside: boolean) => void): void {
    const cell = this.#host.cellAt(address)
    if (cell !== undefined) cell.relay = relay
  }

  outletOf(address: Address): RelayOutlet {
    const { replies } = this.#host
    return {
      reply: (envelope, value) => replies.send(kind.reply, envelope, value),
      fault: (envelope, error) => replies.send(kind.failure, envelope, error),
      refuse: (envelope, error) => replies.refuse(envelope, error),
      play: (envelope, items) => {
        const cell = this.#host.cellAt(address)
        if (cell === undefined) return
        const { sources } = (cell.work ??= new Work())
        this.#host.sources.pour(envelope, items, this.#host, sources)
      },
    }
  }
}
