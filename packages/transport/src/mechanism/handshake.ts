import { type DeniedStatus, WireError } from '../errors.ts'
import { faultOf } from '../fault.ts'
import {
  type Command,
  decodeCommand,
  decodeError,
  encodeError,
  printableName,
} from '../wire/command.ts'
import { Metadata } from '../wire/metadata.ts'
import type {
  Authenticator,
  HandshakeEvents,
  Mechanism,
  MechanismName,
  Verdict,
} from './mechanism.ts'
import { describeSelf, type Peer, type Self } from './peer.ts'

/** What a command does in the state in which it is expected. It may throw a WireError. */
export type Steps = Readonly<Record<string, (data: Buffer) => void>>

/** Who the authenticator says the peer is. */
interface User {
  readonly userId: string
  readonly userMetadata: Metadata
}

const NOBODY: User = { userId: '', userMetadata: new Metadata() }

/** What all mechanisms have in common: a table of what may come when, and how it ends. */
export abstract class Handshake<State extends string> implements Mechanism {
  abstract readonly name: MechanismName
  /** Per state, the commands that may come and what they do. */
  protected abstract readonly steps: Readonly<Record<State, Steps>>
  protected abstract state: State
  protected readonly self: Self
  /** What this side tells of itself. */
  protected readonly ownMetadata: Buffer
  readonly #events: HandshakeEvents
  readonly #authenticator: Authenticator | undefined
  /** While the authenticator is asked. */
  #asking: AbortController | undefined
  #user = NOBODY
  #isOver = false

  /** @throws {RangeError} what is to be told of this side cannot be */
  constructor(self: Self, events: HandshakeEvents, authenticator?: Authenticator) {
    this.self = self
    this.ownMetadata = describeSelf(self)
    this.#events = events
    this.#authenticator = authenticator
  }

  abstract start(): void

  /** Forgets what must not be kept. */
  protected abstract forget(): void

  receive(command: Buffer): void {
    if (this.#isOver) return
    this.attempt(() => {
      const { name, data } = this.decode(command)
      const steps = this.steps[this.state]
      if (!Object.hasOwn(steps, name)) throw this.#unexpected(name)
      steps[name]!(data)
    })
  }

  close(): void {
    this.#isOver = true
    this.#asking?.abort()
    this.forget()
  }

  protected decode(command: Buffer): Command {
    return decodeCommand(command)
  }

  protected encodeError(reason: string): Buffer {
    return encodeError(reason)
  }

  protected send(command: Buffer): void {
    if (!this.#isOver) this.#events.send(command)
  }

  /** The handshake has succeeded; unless sending has just found that the connection is gone. */
  protected finish(peer: Peer): void {
    if (this.#isOver) return
    this.close()
    this.#events.ready({ ...peer, ...this.#user })
  }

  protected fail(error: Error): void {
    if (this.#isOver) return
    this.close()
    this.#events.failed(error)
  }

  /** Runs what may find the peer at fault, or this side. */
  protected attempt(step: () => void): void {
    try {
      step()
    } catch (thrown) {
      // Nobody would be told of it.
      if (this.#isOver && !(thrown instanceof WireError)) throw thrown
      this.fail(faultOf(thrown))
    }
  }

  /** Goes on once the peer is let in: at once when nobody is to be asked. */
  protected authenticate(credentials: readonly Buffer[], goOn: () => void): void {
    if (this.#authenticator === undefined) goOn()
    else void this.#ask(this.#authenticator, credentials, goOn)
  }

  async #ask(
    authenticator: Authenticator,
    credentials: readonly Buffer[],
    goOn: () => void,
  ): Promise<void> {
    this.#asking = new AbortController()
    const { signal } = this.#asking
    let verdict: Verdict
    try {
      verdict = await authenticator({ mechanism: this.name, credentials, signal })
    } catch (error) {
      this.fail(authenticatorFailed(error))
      return
    }
    // The connection may have ended meanwhile.
    if (this.#isOver) return
    this.#asking = undefined
    if (verdict.accepted) {
      const { userId = '', metadata = NOBODY.userMetadata } = verdict
      this.#user = { userId, userMetadata: metadata }
      this.attempt(goOn)
      return
    }
    // libzmq closes without a word on 300, so that the client tries again.
    if (verdict.status !== 300) this.send(this.encodeError(String(verdict.status)))
    this.fail(denied(verdict.status, verdict.text))
  }

  #unexpected(name: string): WireError {
    const message = `${printableName(name)} in the state ${this.state} of ${this.name}`
    return new WireError('UNEXPECTED_COMMAND', message, { command: name })
  }
}

/**
 * The peer sent an ERROR: what it means to us.
 *
 * @throws {WireError} always: `DENIED`, or `MALFORMED_COMMAND`
 */
export function refuse(data: Buffer): never {
  const reason = decodeError(data)
  const status = statuses.get(reason)
  if (status !== undefined) throw denied(status)
  throw new WireError('DENIED', `the peer refuses: ${JSON.stringify(reason)}`)
}

const statuses = new Map<string, DeniedStatus>([
  ['300', 300],
  ['400', 400],
  ['500', 500],
])

const meanings: Readonly<Record<DeniedStatus, string>> = {
  300: 'temporary error',
  400: 'authentication failure',
  500: 'internal error',
}

function denied(status: DeniedStatus, text = ''): WireError {
  const detail = text === '' ? '' : `: ${text}`
  return new WireError('DENIED', `not let in: ${status}, ${meanings[status]}${detail}`, { status })
}

function authenticatorFailed(cause: unknown): WireError {
  if (cause instanceof WireError) return cause
  return new WireError('AUTHENTICATOR_FAILED', 'the authenticator failed', { cause })
}
