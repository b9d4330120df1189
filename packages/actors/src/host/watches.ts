import { ActorError } from '../errors.ts'
import type { Address } from './address.ts'
import type { Cell } from './cell.ts'
import type { Down } from './down.ts'
import type { Host } from './host.ts'
import type { Incarnation } from './incarnation.ts'
import type { Life } from './life.ts'

/** A link, as the host of the other actor is told of it. */
interface LinkSign {
  readonly actor: Address
  readonly to: Address
}

/** Who wants to know of the end of which actors, on this host and on others. */
export class Watches {
  readonly #host: Host
  readonly #life: Life
  /** What other hosts watch here, by the host and its name for it: takes it back. */
  readonly #served = new Map<number, () => void>()

  constructor(host: Host, life: Life) {
    this.#host = host
    this.#life = life
    host.serve('watch', (actor: Address, from: number, id: number) =>
      this.#watchFor(actor, keyOf(from, id)),
    )
    host.serve('link', ({ actor, to }: LinkSign) => {
      const cell = host.cellAt(actor)
      if (cell !== undefined) this.#bond(cell, cell.incarnation, to)
    })
    host.serve('unlink', ({ actor, to }: LinkSign) => {
      host.cellAt(actor)?.incarnation.links?.get(linkKey(to))?.()
    })
  }

  /** Settles when the actor is no more, with the reason. */
  down(address: Address, signal: AbortSignal | undefined): Promise<Down> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const abort = (): void => {
        unwatch()
        reject(signal!.reason)
      }
      const unwatch = this.watch(address, (down) => {
        signal?.removeEventListener('abort', abort)
        resolve(down)
      })
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** Calls back once, when the actor is no more. @returns takes it back */
  watch(actor: Address, watcher: (down: Down) => void): () => void {
    const { gateway, whereabouts } = this.#host
    if (actor.url !== undefined && gateway !== undefined) return gateway.watch(actor.url, watcher)
    // It was lost before: what is watched is the life that it begins elsewhere, if it does.
    if (whereabouts.isAwaited(actor)) return this.#watchOnceKnown(actor, watcher)
    const address = whereabouts.whereIs(actor)
    const { host } = address
    if (host === this.#host.number) return this.#life.watch(address, watcher)
    const answer = this.#host.services.pose(host, 'watch', address)
    answer.promise.then(
      (down) => watcher(down as Down),
      (error: unknown) => watcher(whereabouts.downWith(host, error)),
    )
    return () => this.#host.waits.retract(answer)
  }

  /** When it is known where the actor is now, or that it is gone. */
  #watchOnceKnown(actor: Address, watcher: (down: Down) => void): () => void {
    let unwatch = this.#host.whereabouts.moves.whenKnown(actor, () => {
      unwatch = this.watch(actor, watcher)
    })
    return () => unwatch()
  }

  /**
   * Calls back once, when the actor is no more and will not be restarted on another host.
   *
   * @returns takes it back
   */
  whenOver(actor: Address, over: () => void): () => void {
    const { whereabouts } = this.#host
    let forget = (): void => undefined
    const look = (): void => {
      if (whereabouts.isAwaited(actor)) forget = whereabouts.moves.whenKnown(actor, look)
      else if (whereabouts.isGone(whereabouts.whereIs(actor).host)) over()
      else
        forget = this.watch(actor, ({ reason }) => {
          if (reason === 'host lost' && actor.url === undefined) look()
          else over()
        })
    }
    look()
    return () => forget()
  }

  /** The actor fails if the other ends as it should not, and the other way round. */
  link(cell: Cell, incarnation: Incarnation, other: Address): () => void {
    const { whereabouts } = this.#host
    if (whereabouts.isAwaited(other)) return this.#linkOnceKnown(cell, incarnation, other)
    const to = whereabouts.whereIs(other)
    if (to.url !== undefined) return this.#linkAway(cell, incarnation, to)
    const sign: LinkSign = { actor: to, to: this.#host.addressOf(cell) }
    if (!this.#host.isGone(to.host)) this.#host.notify(to.host, 'link', sign)
    const release = this.#bond(cell, incarnation, to)
    return () => {
      release()
      if (!this.#host.isGone(to.host)) this.#host.notify(to.host, 'unlink', sign)
    }
  }

  /**
   * For another node: an actor of this one fails with an actor of that from now on, or does so no more.
   *
   * @throws {ActorError} `EDENIED`
   */
  async tie(actor: Address, other: Address, isTied: boolean): Promise<void> {
    if (actor.url !== undefined || other.url === undefined)
      throw new ActorError('EDENIED', 'A link is between an actor of each node')
    const address = this.#host.whereabouts.whereIs(actor)
    // Of one that is gone the other node hears by its watch.
    if (this.#host.isGone(address.host)) return
    const sign: LinkSign = { actor: address, to: other }
    await this.#host.request(address.host, isTied ? 'link' : 'unlink', sign)
  }

  /** Another host is not interested any more. */
  cancel(from: number, id: number): void {
    const key = keyOf(from, id)
    const unwatch = this.#served.get(key)
    if (unwatch === undefined) return
    this.#served.delete(key)
    unwatch()
  }

  /** The host is gone, and what it watched here of no interest. */
  lose(host: number): void {
    for (const [key, unwatch] of this.#served) {
      if (hostOf(key) !== host) continue
      this.#served.delete(key)
      unwatch()
    }
  }

  /** When it is known where the other actor is now, or that it is gone. */
  #linkOnceKnown(cell: Cell, incarnation: Incarnation, other: Address): () => void {
    let unlink = incarnation.bind(
      this.#host.whereabouts.moves.whenKnown(other, () => {
        // A link is not taken back when this life ends: the other actor is to hear of that.
        unlink()
        unlink = this.link(cell, incarnation, other)
      }),
    )
    return () => unlink()
  }

  /** The other actor is one of another node, which may refuse. */
  #linkAway(cell: Cell, incarnation: Incarnation, to: Address): () => void {
    const { remote } = this.#host
    const own = this.#host.addressOf(cell)
    const release = this.#bond(cell, incarnation, to)
    remote.link(to, own, true).catch((cause: unknown) => {
      release()
      if (incarnation.isOver) return
      const error = new ActorError('ELINKED', 'The actor cannot be linked to', { cause })
      this.#life.fail(cell, error, 'link')
    })
    return () => {
      release()
      remote.link(to, own, false).catch(() => {
        // The node is gone, and with it the link.
      })
    }
  }

  /** One direction of a link. */
  #bond(cell: Cell, incarnation: Incarnation, other: Address): () => void {
    const links = (incarnation.links ??= new Map<string, () => void>())
    const key = linkKey(other)
    const known = links.get(key)
    if (known !== undefined) return known
    const unwatch = this.watch(other, (down) => {
      release()
      if (down.reason === 'stopped' || incarnation.isOver) return
      const cause = 'error' in down ? down.error : undefined
      const message = `A linked actor has ended: ${down.reason}`
      this.#life.fail(cell, new ActorError('ELINKED', message, { cause }), 'link')
    })
    const unbind = incarnation.bind(unwatch)
    const release = (): void => {
      links.delete(key)
      unbind()
    }
    links.set(key, release)
    return release
  }

  #watchFor(actor: Address, key: number): Promise<Down> {
    return new Promise((resolve) => {
      const gone = (down: Down): void => {
        this.#served.delete(key)
        resolve(down)
      }
      const isElsewhere = actor.url !== undefined
      const unwatch = isElsewhere ? this.watch(actor, gone) : this.#life.watch(actor, gone)
      this.#served.set(key, unwatch)
    })
  }
}

/** Names of what was asked are unique within the host that asked. */
const keyOf = (host: number, id: number): number => host * 2 ** 32 + id

const hostOf = (key: number): number => Math.floor(key / 2 ** 32)

const linkKey = ({ host, generation, url }: Address): string => url ?? `${host}.${generation}`
