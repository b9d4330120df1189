import { ActorError } from '../../errors.ts'
import type { ActorRef } from '../../host/ref.ts'

/** What is known by one name. */
interface Entry {
  readonly refs: ActorRef[]
  /** Whether it is a name of one actor, and not of a group. */
  readonly isUnique: boolean
}

/** What changes of a name are told to. */
export type Listener = (refs: readonly ActorRef[]) => void

/** Names, and the actors that are known by them. */
export class RegistryTable {
  readonly #entries = new Map<string, Entry>()
  readonly #listeners = new Map<string, Set<Listener>>()

  get size(): number {
    return this.#entries.size
  }

  /** Under the name, in the order in which they came. */
  list(name: string): readonly ActorRef[] {
    return this.#entries.get(name)?.refs ?? []
  }

  /**
   * @param isUnique whether nobody else may have the name
   * @returns whether it was not there before
   * @throws {ActorError} `EEXIST`
   */
  add(name: string, ref: ActorRef, isUnique: boolean): boolean {
    const entry = this.#entries.get(name)
    if (entry === undefined) this.#entries.set(name, { refs: [ref], isUnique })
    else {
      const isThere = entry.refs.some((other) => other.equals(ref as never))
      if (isThere && entry.isUnique === isUnique) return false
      if (entry.isUnique || isUnique) throw taken(name, entry)
      entry.refs.push(ref)
    }
    this.#changed(name)
    return true
  }

  /** @returns whether it was there */
  remove(name: string, ref: ActorRef): boolean {
    const entry = this.#entries.get(name)
    const at = entry?.refs.findIndex((other) => other.equals(ref as never)) ?? -1
    if (entry === undefined || at === -1) return false
    entry.refs.splice(at, 1)
    if (entry.refs.length === 0) this.#entries.delete(name)
    this.#changed(name)
    return true
  }

  /** An actor is known by another ref from now on. */
  replace(name: string, from: ActorRef, to: ActorRef): void {
    const { refs } = this.#entries.get(name)!
    const at = refs.findIndex((other) => other.equals(from as never))
    const isThere = refs.some((other) => other.equals(to as never))
    refs.splice(at, 1, ...(isThere ? [] : [to]))
    this.#changed(name)
  }

  /** Calls back at each change from now on. @returns ends that */
  listen(name: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(name) === listeners)
        this.#listeners.delete(name)
    }
  }

  #changed(name: string): void {
    const refs = [...this.list(name)]
    for (const listener of this.#listeners.get(name) ?? []) listener(refs)
  }
}

const taken = (name: string, { isUnique }: Entry): ActorError =>
  new ActorError(
    'EEXIST',
    isUnique ? `${name} is the name of another actor` : `${name} is the name of a group`,
  )
