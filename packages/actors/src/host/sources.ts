import { ActorError } from '../errors.ts'
import { kind, type Envelope } from './envelope.ts'
import { Message, type MessageHost } from './message.ts'
import type { Replies } from './replies.ts'
import { soon } from './soon.ts'
import { LOCAL_WINDOW, WINDOW } from './streamReader.ts'
import { StreamSource } from './streamSource.ts'
import type { Turn } from './turn.ts'

export type Items = Iterator<unknown> | AsyncIterator<unknown>

/** Who plays a stream. */
interface Player {
  /** Runs it when the actor has its turn. */
  schedule(turn: Turn): void
  /** The generator has thrown, or has yielded what cannot be sent. */
  threw(error: unknown): void
}

/** Names of what was asked are unique within the host that asked. */
const keyOf = (host: number, id: number): number => host * 2 ** 32 + id

/** The streams that are played on a host, by reader: its host and its name there. */
export class Sources {
  readonly #number: number
  readonly #replies: Replies
  readonly #sources = new Map<number, StreamSource>()

  constructor(number: number, replies: Replies) {
    this.#number = number
    this.#replies = replies
  }

  /**
   * Items go to whoever asked for them, as far as the credit goes.
   *
   * @param sources those of the same owner, which this one is among until it ends
   */
  add(message: Message, items: Items, sources: Set<StreamSource>, player: Player): void {
    const { envelope } = message
    const { from, id } = envelope
    const key = keyOf(from, id)
    const window = from === this.#number ? LOCAL_WINDOW : WINDOW
    const source = new StreamSource(message, items, window, {
      item: (value) => this.#replies.item(envelope, value),
      end: () =>
        // It has ended because of that, and its reader is not to take it for complete.
        message.isExpired
          ? this.#replies.send(kind.failure, envelope, tooLate(envelope))
          : this.#replies.send(kind.end, envelope, undefined),
      stall: () => this.#replies.send(kind.stall, envelope, undefined),
      fail: (error) => this.#replies.send(kind.failure, envelope, error),
      threw: (error) => player.threw(error),
      schedule: (turn) => player.schedule(turn),
      ended: () => {
        this.#sources.delete(key)
        sources.delete(source)
      },
    })
    this.#sources.set(key, source)
    sources.add(source)
  }

  /** Items that come from elsewhere: no actor has to have its turn for them. */
  pour(
    envelope: Envelope,
    items: Items,
    host: MessageHost,
    sources = new Set<StreamSource>(),
  ): void {
    this.add(new Message(envelope, host), items, sources, {
      schedule: (turn) => soon(() => turn.run()),
      threw: (error) => this.#replies.send(kind.failure, envelope, error),
    })
  }

  /** The reader has taken so many items. */
  credit(host: number, id: number, items: number): void {
    this.#sources.get(keyOf(host, id))?.credit(items)
  }

  /** The reader has gone. @returns whether there was such a stream */
  cancel(host: number, id: number): boolean {
    const source = this.#sources.get(keyOf(host, id))
    source?.cancel()
    return source !== undefined
  }
}

const tooLate = ({ method }: Envelope): ActorError =>
  new ActorError('ETIMEDOUT', `${method}: its time was over before it ended`)
