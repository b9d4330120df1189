import { encodeCommand, malformedCommand } from '../wire/command.ts'
import { Handshake, type Steps } from './handshake.ts'
import type { Authenticator, HandshakeEvents } from './mechanism.ts'
import { readPeer, type Self } from './peer.ts'
import { encodePlainError } from './plainError.ts'

type State = 'waiting for HELLO' | 'waiting for the authenticator' | 'waiting for INITIATE'

/**
 * Lets clients in by name and password, which the authenticator knows.
 *
 * @see RFC 24/ZMTP-PLAIN
 */
export class PlainServer extends Handshake<State> {
  readonly name = 'PLAIN'
  protected state: State = 'waiting for HELLO'

  protected readonly steps: Readonly<Record<State, Steps>> = {
    'waiting for HELLO': { HELLO: (data) => this.#onHello(data) },
    'waiting for the authenticator': {},
    'waiting for INITIATE': { INITIATE: (data) => this.#onInitiate(data) },
  }

  constructor(self: Self, events: HandshakeEvents, authenticator: Authenticator) {
    super(self, events, authenticator)
  }

  start(): void {}

  protected forget(): void {}

  protected override encodeError(reason: string): Buffer {
    return encodePlainError(reason)
  }

  #onHello(data: Buffer): void {
    const nameEnd = 1 + (data[0] ?? 0)
    const passwordEnd = nameEnd + 1 + (data[nameEnd] ?? 0)
    if (nameEnd >= data.length || passwordEnd !== data.length) {
      throw malformedCommand('HELLO', 'its length is not that of name and password')
    }
    // Copied, because an authenticator may keep them for as long as it likes.
    const name = Buffer.from(data.subarray(1, nameEnd))
    const password = Buffer.from(data.subarray(nameEnd + 1, passwordEnd))
    this.state = 'waiting for the authenticator'
    this.authenticate([name, password], () => {
      this.state = 'waiting for INITIATE'
      this.send(encodeCommand('WELCOME'))
    })
  }

  #onInitiate(data: Buffer): void {
    const peer = readPeer(this.self, data)
    this.send(encodeCommand('READY', this.ownMetadata))
    this.finish(peer)
  }
}
