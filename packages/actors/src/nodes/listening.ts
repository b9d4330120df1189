import { leaving, type Link } from './link.ts'
import type { Door, Outlet } from './network.ts'

/** An endpoint where other nodes connect, and those that have. */
export class Listening implements AsyncDisposable {
  /** Where it listens, with the port that was found. */
  readonly endpoint: string
  readonly #door: Door
  readonly #outlet: Outlet
  readonly #links = new Map<string, Link>()
  readonly #linkTo: (outlet: Outlet, id: Buffer, dropped: () => void) => Link
  readonly #ended: () => void
  #dropped = 0
  #refused = 0
  #isClosed = false

  /** @internal */
  constructor(
    door: Door,
    linkTo: (outlet: Outlet, id: Buffer, dropped: () => void) => Link,
    taken: () => void,
    refused: (error: Error) => void,
    ended: () => void,
  ) {
    this.endpoint = door.endpoint
    this.#door = door
    this.#linkTo = linkTo
    this.#ended = ended
    this.#outlet = door.open(
      (message) => this.#take(message),
      taken,
      (error) => {
        this.#refused++
        refused(error)
      },
    )
  }

  /** Messages that nothing was made of: from strangers, malformed, for nobody, or too many. */
  get dropped(): number {
    return this.#dropped
  }

  /** How often somebody was not let in: by a key or a password, or for not keeping to the protocol. */
  get refused(): number {
    return this.#refused
  }

  /** Connections, of nodes and of others. */
  get connections(): number {
    return this.#links.size
  }

  /** Says goodbye to all that are connected, and listens no more. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const link of this.#links.values()) link.leave(leaving())
    this.#links.clear()
    this.#outlet.close()
    this.#door.close()
    this.#ended()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  /** @param frames what is left of the message when its sender's routing id is taken off */
  #take(frames: Buffer[]): void {
    const id = frames.shift()!
    const key = id.toString('latin1')
    let link = this.#links.get(key)
    // Whoever has gone is told as an empty message; others send some too, to no purpose.
    if (frames.length === 1 && frames[0]!.length === 0) {
      link?.close()
      this.#links.delete(key)
      return
    }
    if (link === undefined) {
      link = this.#linkTo(this.#outlet, id, () => this.#dropped++)
      this.#links.set(key, link)
    }
    link.take(frames)
  }
}
