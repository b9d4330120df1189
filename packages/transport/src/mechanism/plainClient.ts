import { type Command, encodeCommand, malformedCommand } from '../wire/command.ts'
import { Handshake, refuse, type Steps } from './handshake.ts'
import type { HandshakeEvents } from './mechanism.ts'
import { readPeer, type Self } from './peer.ts'
import { decodePlainCommand } from './plainError.ts'

type State = 'waiting for WELCOME' | 'waiting for READY'

export interface PlainCredentials {
  /** Up to 255 bytes in UTF-8. */
  readonly username: string
  /** Up to 255 bytes in UTF-8. */
  readonly password: string
}

const LONGEST = 255

/**
 * Logs in with a name and a password, which everybody on the way can read.
 *
 * @see RFC 24/ZMTP-PLAIN
 */
export class PlainClient extends Handshake<State> {
  readonly name = 'PLAIN'
  protected state: State = 'waiting for WELCOME'
  readonly #hello: Buffer

  protected readonly steps: Readonly<Record<State, Steps>> = {
    'waiting for WELCOME': { WELCOME: (data) => this.#onWelcome(data), ERROR: refuse },
    'waiting for READY': {
      READY: (data) => this.finish(readPeer(this.self, data)),
      ERROR: refuse,
    },
  }

  /** @throws {RangeError} name or password is too long */
  constructor(self: Self, events: HandshakeEvents, credentials: PlainCredentials) {
    super(self, events)
    const name = Buffer.from(credentials.username)
    const password = Buffer.from(credentials.password)
    if (name.length > LONGEST || password.length > LONGEST) {
      throw new RangeError('a name or password of more than 255 bytes')
    }
    const lengths = [Buffer.of(name.length), Buffer.of(password.length)] as const
    this.#hello = encodeCommand('HELLO', lengths[0], name, lengths[1], password)
  }

  start(): void {
    this.send(this.#hello)
  }

  protected forget(): void {}

  protected override decode(command: Buffer): Command {
    return decodePlainCommand(command)
  }

  #onWelcome(data: Buffer): void {
    if (data.length > 0) throw malformedCommand('WELCOME', `${data.length} bytes too many`)
    this.state = 'waiting for READY'
    this.send(encodeCommand('INITIATE', this.ownMetadata))
  }
}
