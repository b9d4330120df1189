import { ActorError } from '../errors.ts'
import { readValue } from '../values/index.ts'
import { helloOf, toldHello, type Hello } from './hello.ts'
import { Line, type LineValues } from './line.ts'
import type { Outlet } from './network.ts'
import type { Peer } from './peer.ts'
import { messageOf, PROTOCOL, say, VERSION, type Message } from './protocol/message.ts'
import { readMessages } from './protocol/messageReader.ts'
import type { Service } from './service.ts'

/** Who is at the other end, and what it may ask. */
export interface Acquaintance {
  readonly peer: Peer
  readonly service: Service
  readonly values: LineValues
  /** What is said in return, if this side has not spoken first. */
  readonly answer: Hello | undefined
}

/** One connection to another node: it begins with a hello, and ends when it is lost. */
export class Link {
  readonly line: Line
  readonly #port: Outlet
  readonly #id: Buffer | undefined
  readonly #greeted: (hello: Hello, link: Link) => Acquaintance | undefined
  /** Told of each message that nothing was made of. */
  readonly dropped: (why: unknown) => void
  readonly #sentAway: (why: ActorError) => void
  #acquaintance: Acquaintance | undefined
  #isClosed = false

  /**
   * @param id the routing id of the other end, where the port is a Router's
   * @param values how values are written and read before the other end is known
   * @param greeted says who that is, or drops the connection: throws where it may not be that
   * @param dropped told of each message that nothing was made of
   * @param sentAway told if the other end says goodbye before it says hello
   */
  constructor(
    port: Outlet,
    id: Buffer | undefined,
    values: LineValues,
    greeted: (hello: Hello, link: Link) => Acquaintance | undefined,
    dropped: (why: unknown) => void,
    sentAway: (why: ActorError) => void = () => undefined,
  ) {
    this.#port = port
    this.#id = id
    this.#greeted = greeted
    this.dropped = dropped
    this.#sentAway = sentAway
    this.line = new Line(port, id, values, () => this.drop(notReading()))
  }

  /** Says who this node is. */
  greet(hello: Hello): void {
    const message = messageOf(say.hello, { text: PROTOCOL, count: VERSION })
    this.line.postWith(message, toldHello(hello))
  }

  /** Takes a message of the socket: frames of messages. */
  take(frames: readonly Buffer[]): void {
    if (this.#isClosed) {
      this.dropped(new ActorError('EDENIED'))
      return
    }
    try {
      for (const frame of frames) readMessages(frame, this.#takeOne)
    } catch (error) {
      this.#refuse(error)
    }
  }

  /** The connection is lost, or to be used no more. */
  close(error?: unknown): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const unsent = this.line.close()
    this.#acquaintance?.service.close()
    this.#acquaintance?.peer.lost(error)
    for (const frame of unsent) this.#acquaintance?.peer.unsent(frame)
  }

  /** Ends the connection, so that who has made it makes another. */
  drop(error?: unknown): void {
    this.close(error)
    this.#port.drop(this.#id)
  }

  /** The other end is to know that this node goes, or why that one cannot stay. */
  leave(error: ActorError): void {
    if (!this.#isClosed)
      this.line.post(messageOf(say.goodbye, { code: error.code, text: error.message }))
    this.close(error)
  }

  readonly #takeOne = (message: Message, frame: Buffer, begin: number, end: number): void => {
    if (this.#isClosed) return
    const known = this.#acquaintance
    // Never answered: two nodes that find each other wrong would go on for ever.
    if (message.kind === say.error) this.dropped(new ActorError('EBADMSG', message.text))
    else if (message.kind === say.hello) this.#hello(message, frame, begin, end)
    else if (message.kind === say.goodbye) this.#goodbye(message)
    else if (known === undefined) throw new ActorError('EDENIED', 'Say hello first')
    else if (!known.peer.take(message, frame, begin, end))
      known.service.take(message, frame, begin, end)
  }

  #hello(message: Message, frame: Buffer, begin: number, end: number): void {
    if (this.#acquaintance !== undefined)
      throw new ActorError('EBADMSG', 'A connection has one hello')
    try {
      const hello = helloOf(message, readValue(frame, begin, end, this.line.values))
      const acquaintance = this.#greeted(hello, this)
      if (acquaintance === undefined) return
      this.#acquaintance = acquaintance
      this.line.values = acquaintance.values
      if (acquaintance.answer !== undefined) this.greet(acquaintance.answer)
      acquaintance.peer.up(this.line, hello)
    } catch (error) {
      this.dropped(error)
      this.leave(error instanceof ActorError ? error : new ActorError('EBADMSG', 'No hello'))
    }
  }

  #goodbye({ code, text }: Message): void {
    const error = new ActorError('ENODEDOWN', `The node has left: ${text} (${code})`)
    this.close(error)
    if (this.#acquaintance === undefined) this.#sentAway(error)
    else this.#acquaintance.peer.gone(error)
  }

  /** Somebody is told that its message was not understood. */
  #refuse(error: unknown): void {
    this.dropped(error)
    if (this.line.isFull || this.#isClosed) return
    const { code, message } = error instanceof ActorError ? error : new ActorError('EBADMSG')
    this.line.post(messageOf(say.error, { code, text: message.slice(0, 200) }))
  }
}

const notReading = (): ActorError => new ActorError('ENODEDOWN', 'The node does not read')

/** Why a node goes that is closed. */
export const leaving = (): ActorError => new ActorError('ECLOSED', 'The node is closed')
