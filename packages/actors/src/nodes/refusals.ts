import type { DeadLetterReason } from '../host/events.ts'

/** Actors of other nodes that can be known to take nothing. */
const MOST_REFUSED = 4096

/** What tells other hosts of refusals. */
export interface RefusalTeller {
  refused(host: number, url: string, reason: DeadLetterReason): void
  welcome(host: number, url: string): void
}

interface Refused {
  readonly node: string
  readonly path: string
  /** Hosts that know of it. */
  readonly hosts: Set<number>
}

/**
 * Actors of other nodes that are to be told nothing for now, as other hosts of this process were told: their
 * messages go through this one, and they could not know.
 */
export class Refusals {
  readonly #teller: RefusalTeller
  readonly #refused = new Map<string, Refused>()

  constructor(teller: RefusalTeller) {
    this.#teller = teller
  }

  /** The host has told the actor something, which is to be the last for now. */
  add(url: string, node: string, path: string, host: number, reason: DeadLetterReason): void {
    let refused = this.#refused.get(url)
    if (refused === undefined) {
      if (this.#refused.size >= MOST_REFUSED) return
      refused = { node, path, hosts: new Set() }
      this.#refused.set(url, refused)
    }
    if (refused.hosts.has(host)) return
    refused.hosts.add(host)
    this.#teller.refused(host, url, reason)
  }

  /** The node may take more. @param isRefused whether the actor at the path still takes nothing */
  review(node: string, isRefused: (path: string) => boolean): void {
    for (const [url, refused] of this.#refused) {
      if (refused.node !== node || isRefused(refused.path)) continue
      this.#refused.delete(url)
      for (const host of refused.hosts) this.#teller.welcome(host, url)
    }
  }
}
