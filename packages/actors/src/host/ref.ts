import type { InspectOptions } from 'node:util'
import { outline, show } from '@ringpost/core/internal'
import { ActorError } from '../errors.ts'
import type { Ask, Handlers, HandlersOf, Send, Stream, Tell } from '../definition/types.ts'
import { checkOptions, typeOf, type Kinds } from '../options/checkOptions.ts'
import { abortSignal, flag, milliseconds } from '../options/kinds.ts'
import { addressLabel, addressText, isSameAddress, type Address } from './address.ts'
import type { Down } from './down.ts'
import type { StopOptions } from './life.ts'
import { verbs, type VerbCaller } from './verbs.ts'

/** How a call is made. */
export interface CallOptions {
  /**
   * How long to wait, in milliseconds; `Infinity`: no limit. Of `ask`: for the answer; default: what
   * is left for the message being handled, else 5,000. Of `send`: for room; default: no limit. Of
   * `stream`: for each item, while its reader waits for one; default: no limit but that of the
   * message being handled.
   */
  timeoutMs?: number
  /** Ends the wait; what the actor does for it is cancelled as well. */
  signal?: AbortSignal
  /** Done twice it does no harm: asked again where the connection to a node was lost meanwhile. Default false. */
  idempotent?: boolean
}

const downKinds = { signal: abortSignal }

export const stopKinds: Kinds<StopOptions> = { drain: flag, graceMs: milliseconds(0) }

const callKinds: Kinds<CallOptions> = {
  timeoutMs: milliseconds(0),
  signal: abortSignal,
  idempotent: flag,
}

/** How a ref calls. */
export interface Call extends CallOptions {
  /** For another node: then the actor's schema looks at it. */
  readonly isFromOutside?: boolean
}

/** What carries a ref's calls: the runtime of the thread that holds it. */
export interface Caller {
  tell(ref: ActorRef<never>, method: string, args: unknown[]): boolean
  send(ref: ActorRef<never>, method: string, args: unknown[]): Promise<void>
  ask(ref: ActorRef<never>, method: string, args: unknown[]): Promise<unknown>
  stream(ref: ActorRef<never>, method: string, args: unknown[]): AsyncGenerator<unknown, void, void>
  stop(address: Address, options: StopOptions): Promise<void>
  down(address: Address, signal: AbortSignal | undefined): Promise<Down>
  path(address: Address): Promise<string>
}

/** What an actor is that holds refs: its asks inherit the deadline of the message it handles. */
export interface RefOwner {
  readonly deadline: number
}

const none: Call = {}

/**
 * Names an actor and reaches it, wherever it runs. Refs travel in messages, and outlive the actor:
 * then what is sent to them is a dead letter, and asks fail with `ENOACTOR`.
 *
 * @typeParam H the definition it was spawned from (`ActorRef<typeof counter>`), or its handlers
 */
export class ActorRef<H = Handlers> implements VerbCaller {
  /** @internal */
  readonly address: Address
  /** @internal */
  readonly caller: Caller
  /** @internal Set once more by who reads a ref from a message. */
  owner: RefOwner | undefined
  /** @internal */
  readonly options: Call

  // What carries the calls, made when first used: making one takes longer than a hundred calls.
  #tell: object | undefined
  #send: object | undefined
  #ask: object | undefined
  #stream: object | undefined

  /** @internal */
  constructor(address: Address, caller: Caller, owner?: RefOwner, options: Call = none) {
    this.address = address
    this.caller = caller
    this.owner = owner
    this.options = options
  }

  /** Puts a message into the mailbox at once, or not at all: false, and a dead letter. */
  get tell(): Tell<HandlersOf<H>> {
    return (this.#tell ??= verbs.tell(this)) as never
  }

  /** Puts a message into the mailbox as soon as there is room. */
  get send(): Send<HandlersOf<H>> {
    return (this.#send ??= verbs.send(this)) as never
  }

  /** Asks, and settles with what the handler returns or throws. */
  get ask(): Ask<HandlersOf<H>> {
    return (this.#ask ??= verbs.ask(this)) as never
  }

  /** Reads what a generator of the actor yields. */
  get stream(): Stream<HandlersOf<H>> {
    return (this.#stream ??= verbs.stream(this)) as never
  }

  /**
   * The same actor, called with these options.
   *
   * @throws {ActorError} `EINVAL`, which names the option
   */
  with(options: CallOptions): ActorRef<H> {
    checkOptions('with of a ref', options, callKinds)
    return this.calledWith(options)
  }

  /** @internal As `with`, of options that are known to be right. */
  calledWith(options: Call): ActorRef<H> {
    return new ActorRef(this.address, this.caller, this.owner, { ...this.options, ...options })
  }

  /**
   * Settles when the actor is no more, with the reason; at once if there is none. A restart where it
   * is does not count; if its host is lost, it is down, even if it is restarted on another. Where it
   * was lost before and may be restarted, this waits for that, and is about the actor there.
   *
   * @param options.signal ends the wait: rejects with the signal's reason
   */
  async down(options: { signal?: AbortSignal } = {}): Promise<Down> {
    checkOptions('down', options, downKinds)
    return this.caller.down(this.address, options.signal)
  }

  /** Whether both name the same actor, in the same life. */
  equals(other: ActorRef<never>): boolean {
    return isSameAddress(this.address, other.address)
  }

  /**
   * Its names from the program of its node down, as `/parent/child`; of an actor of another node where it can be
   * called there, as `/name`.
   *
   * @throws {ActorError} `ENOACTOR`: there is none; `EHOSTDOWN`
   */
  path(): Promise<string> {
    return this.caller.path(this.address)
  }

  /** What `system.ref` makes a ref of again: a URL, or of an actor of this node a name that is good while it runs. */
  toString(): string {
    return addressText(this.address)
  }

  /** @internal Short, and without what lets others call an actor of another node. */
  [show](depth: number, options: InspectOptions): string {
    const { isFromOutside: _, ...given } = this.options
    return outline(this, { address: addressLabel(this.address), ...given }, depth, options)
  }

  /** @internal */
  callTell(method: string, args: unknown[]): boolean {
    return this.caller.tell(this as never, method, args)
  }

  /** @internal */
  callSend(method: string, args: unknown[]): Promise<void> {
    return this.caller.send(this as never, method, args)
  }

  /** @internal */
  callAsk(method: string, args: unknown[]): Promise<unknown> {
    return this.caller.ask(this as never, method, args)
  }

  /** @internal */
  callStream(method: string, args: unknown[]): AsyncGenerator<unknown, void, void> {
    return this.caller.stream(this as never, method, args)
  }
}

/** @param where it is given to @throws {ActorError} `EINVAL` */
export function expectRef(where: string, given: unknown): void {
  if (given instanceof ActorRef) return
  throw new ActorError('EINVAL', `${where} needs the ref of an actor, not ${typeOf(given)}`)
}

/** A ref of who spawned the actor: leaving its scope with `await using` stops the actor. */
export class ActorHandle<H = Handlers> extends ActorRef<H> implements AsyncDisposable {
  /** Stops the actor once it has handled what is in its mailbox, or at once; settles when it is gone. */
  async stop(options: StopOptions = {}): Promise<void> {
    checkOptions('stop', options, stopKinds)
    return this.caller.stop(this.address, options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}
