import { ActorError } from '../../errors.ts'
import { PROGRAM, type Address } from '../../host/address.ts'
import type { Down } from '../../host/down.ts'
import { ActorRef, type RefOwner } from '../../host/ref.ts'
import { Timeout } from '../../host/timeouts.ts'
import { Latest } from '../latest.ts'
import { PoolRef } from '../pool/pool.ts'
import { RegistryTable } from './table.ts'

/** What the registry of a thread needs of its host. */
export interface RegistryHost {
  readonly number: number
  serve(name: string, answer: (body: never, from: number) => unknown): void
  request(host: number, name: string, body: unknown): Promise<unknown>
  notify(host: number, name: string, body: unknown): void
  watch(address: Address, watcher: (down: Down) => void): () => void
  /** Where an actor lives now whose host is gone; undefined: nowhere. Settles when that is known. */
  whenSettled(address: Address): Promise<Address | undefined>
  /** Where an actor of this host lived before its hosts were lost. */
  formerlyOf(address: Address): readonly Address[]
  startTimeout(timeout: Timeout, lastsMs: number): void
  stopTimeout(timeout: Timeout): void
}

/** The host that has the table. */
const AUTHORITY = PROGRAM

/** What is wanted of a name. */
interface Order {
  readonly name: string
  readonly ref: ActorRef
  readonly isUnique: boolean
  /** Where the actor lived before. */
  readonly formerly: readonly Address[]
}

/** An actor that has names. */
interface Named {
  readonly ref: ActorRef
  readonly names: Set<string>
}

/** The part that a thread has in the registry: the program's has the table, which the others ask. */
export class RegistryHub {
  readonly #host: RegistryHost
  /** Of the authority only. */
  readonly #table = new RegistryTable()
  /** Of the authority, by where they are. */
  readonly #named = new Map<string, Named>()
  /** What other threads listen to: of the authority, by the thread and its number for it. */
  readonly #remote = new Map<string, () => void>()
  /** What this thread listens to, by its number for it. */
  readonly #listings = new Map<number, Pick<Latest<readonly ActorRef[]>, 'push' | 'end'>>()
  #listens = 0

  constructor(host: RegistryHost) {
    this.#host = host
    host.serve('registry.changed', ({ id, refs }: { id: number; refs: ActorRef[] }) =>
      this.#listings.get(id)?.push(refs),
    )
    if (host.number !== AUTHORITY) return
    host.serve('registry.add', (order: Order) => this.#add(order))
    host.serve('registry.remove', (order: Order) => this.#remove(order))
    host.serve('registry.list', (name: string) => [...this.#table.list(name)])
    host.serve('registry.listen', ({ name, id }: { name: string; id: number }, from) =>
      this.#listen(name, id, from),
    )
    host.serve('registry.unlisten', (id: number, from) => this.#unlisten(`${from}/${id}`))
  }

  /** Watches of that thread are over. */
  lost(host: number): void {
    for (const key of this.#remote.keys()) if (key.startsWith(`${host}/`)) this.#unlisten(key)
  }

  /** The system closes. */
  close(): void {
    for (const listing of this.#listings.values()) listing.end(new ActorError('ECLOSED'))
  }

  /** @throws {ActorError} as the table does */
  add(name: string, ref: ActorRef, isUnique: boolean): Promise<unknown> {
    const formerly = this.#host.formerlyOf(ref.address)
    return this.#request('add', { name, ref, isUnique, formerly })
  }

  /** @returns whether it was there */
  async remove(name: string, ref: ActorRef): Promise<boolean> {
    const formerly = this.#host.formerlyOf(ref.address)
    return (await this.#request('remove', { name, ref, formerly })) as boolean
  }

  async list(name: string): Promise<ActorRef[]> {
    return (await this.#request('list', name)) as ActorRef[]
  }

  #request(order: 'add' | 'remove' | 'list' | 'listen', body: unknown): Promise<unknown> {
    return this.#host.request(AUTHORITY, `registry.${order}`, body)
  }

  /** All that are known by the name: now, and after each change. */
  watch<H>(
    name: string,
    signal: AbortSignal | undefined,
    owner: RefOwner | undefined,
    closed: () => void,
  ): Latest<readonly ActorRef<H>[]> {
    const id = ++this.#listens
    const stop = (): void => listing.end(signal!.reason)
    const listing = new Latest<readonly ActorRef<H>[]>(() => {
      signal?.removeEventListener('abort', stop)
      this.#listings.delete(id)
      this.#host.notify(AUTHORITY, 'registry.unlisten', id)
      closed()
    })
    if (signal?.aborted === true) {
      stop()
      return listing
    }
    signal?.addEventListener('abort', stop, { once: true })
    this.#listings.set(id, {
      push: (refs) => listing.push(refs.map((ref) => owned(ref as never, owner))),
      end: (error) => listing.end(error),
    })
    this.#request('listen', { name, id }).catch((error: unknown) => listing.end(error))
    return listing
  }

  /** Calls back when the time is over. @returns takes it back */
  after(lastsMs: number, act: () => void): () => void {
    const late = new Late(act)
    this.#host.startTimeout(late, lastsMs)
    return () => this.#host.stopTimeout(late)
  }

  // What the authority does.

  #add({ name, ref: given, isUnique, formerly }: Order): void {
    // Whoever looks it up is not whom it came from.
    const ref = owned(given, undefined)
    this.#bring(formerly, ref)
    if (this.#table.add(name, ref, isUnique)) this.#namedAt(ref).names.add(name)
  }

  #remove({ name, ref, formerly }: Order): boolean {
    this.#bring(formerly, ref)
    this.#named.get(ref.toString())?.names.delete(name)
    return this.#table.remove(name, ref)
  }

  #namedAt(ref: ActorRef): Named {
    const key = ref.toString()
    const known = this.#named.get(key)
    if (known !== undefined) return known
    const named: Named = { ref, names: new Set() }
    this.#named.set(key, named)
    this.#host.watch(ref.address, ({ reason }) => {
      if (reason === 'host lost' && mayMove(ref)) void this.#follow(named)
      else this.#forget(named)
    })
    return named
  }

  #forget(named: Named): void {
    const key = named.ref.toString()
    if (this.#named.get(key) !== named) return
    this.#named.delete(key)
    for (const name of named.names) this.#table.remove(name, named.ref)
  }

  /** It keeps its names if it begins anew on another host. */
  async #follow(named: Named): Promise<void> {
    const { address, caller } = named.ref
    const now = await this.#host.whenSettled(address)
    if (now === undefined) this.#forget(named)
    else this.#move(named, new ActorRef(now, caller))
  }

  /** An actor that names itself while it begins is known where it lived before. */
  #bring(formerly: readonly Address[], to: ActorRef): void {
    for (const address of formerly) {
      const named = this.#named.get(new ActorRef(address, to.caller).toString())
      if (named !== undefined) this.#move(named, to)
    }
  }

  #move(from: Named, to: ActorRef): void {
    const key = from.ref.toString()
    if (this.#named.get(key) !== from) return
    this.#named.delete(key)
    const { names } = this.#namedAt(to)
    for (const name of from.names) {
      names.add(name)
      this.#table.replace(name, from.ref, to)
    }
  }

  #listen(name: string, id: number, from: number): void {
    const tell = (refs: readonly ActorRef[]): void =>
      this.#host.notify(from, 'registry.changed', { id, refs })
    this.#remote.set(`${from}/${id}`, this.#table.listen(name, tell))
    tell(this.#table.list(name))
  }

  #unlisten(key: string): void {
    this.#remote.get(key)?.()
    this.#remote.delete(key)
  }
}

/** The same actor, called by another: what it asks inherits the deadline of what that one handles. */
export function owned<H>(ref: ActorRef<H>, owner: RefOwner | undefined): ActorRef<H> {
  if (ref instanceof PoolRef) return new PoolRef<H>(ref.address, ref.pools, owner)
  return new ActorRef(ref.address, ref.caller, owner)
}

/** Pools end with the host that made them; what other nodes do is their own affair. */
const mayMove = (ref: ActorRef): boolean =>
  !(ref instanceof PoolRef) && ref.address.url === undefined

class Late extends Timeout {
  readonly #act: () => void

  constructor(act: () => void) {
    super()
    this.#act = act
  }

  expire(): void {
    this.#act()
  }
}
