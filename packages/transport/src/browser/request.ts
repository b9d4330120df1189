import type { Connection } from './connection.ts'
import { SocketError } from './errors.ts'
import { BothWays } from './socket.ts'
import { type Message, messageOf, type MessageLike } from './zws.ts'

const DELIMITER = new Uint8Array()

/**
 * Asks its peers in turn, one question at a time: a send, a receive, a send, and so on; out of turn a
 * call fails with `EFSM`. @see RFC 28/REQREP
 */
export class Request extends BothWays {
  #turn: 'send' | 'receive' = 'send'
  /** Who was asked; an answer of anybody else is none. */
  #asked: Connection | undefined

  override async send(message: MessageLike): Promise<void> {
    if (this.#turn !== 'send') throw new SocketError('EFSM')
    this.#turn = 'receive'
    try {
      await super.send([DELIMITER, ...messageOf(message)])
    } catch (error) {
      this.#turn = 'send'
      throw error
    }
  }

  override async receive(): Promise<Message> {
    if (this.#turn !== 'receive') throw new SocketError(this.closed ? 'EBADF' : 'EFSM')
    const answer = await super.receive()
    this.#turn = 'send'
    return answer
  }

  protected override dispatch(connection: Connection, message: Message): void {
    this.#asked = connection
    super.dispatch(connection, message)
  }

  protected override received(connection: Connection, message: Message): boolean {
    const [delimiter, ...answer] = message
    if (connection !== this.#asked || delimiter!.length > 0 || answer.length === 0) return true
    this.#asked = undefined
    return super.received(connection, answer)
  }
}
