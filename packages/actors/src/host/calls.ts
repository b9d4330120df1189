import { ActorError } from '../errors.ts'
import { AbortableAnswer } from './abortableAnswer.ts'
import { aboutCall } from './aboutCall.ts'
import type { Address } from './address.ts'
import type { Arrivals } from './arrivals.ts'
import { Answer, type Asks, type Pending } from './asks.ts'
import type { Down } from './down.ts'
import { kind, kindFrom, type Kind, type Parcel } from './envelope.ts'
import type { DeadLetterReason } from './events.ts'
import type { Host } from './host.ts'
import type { StopOptions } from './life.ts'
import { lane, type Mesh } from './mesh.ts'
import type { ActorRef, Caller } from './ref.ts'
import type { RefValues } from './refValues.ts'
import type { Room } from './room.ts'
import { LOCAL_WINDOW, StreamReader, WINDOW } from './streamReader.ts'
import type { Waits } from './waits.ts'
import type { Whereabouts } from './whereabouts.ts'

/** Something asked, as long as it waits for its answer. */
export interface Asking {
  readonly promise: Promise<unknown>
  /** Nobody waits for it any more: the actor is told, and the promise rejects. */
  abandon(error: unknown): void
}

/** Carries the calls of the refs of a thread: to actors of its own host, and of others. */
export class Calls implements Caller {
  readonly #host: Host
  readonly #number: number
  readonly #values: RefValues
  readonly #mesh: Mesh
  readonly #asks: Asks
  readonly #room: Room
  readonly #waits: Waits
  readonly #arrivals: Arrivals
  readonly #whereabouts: Whereabouts

  constructor(
    host: Host,
    values: RefValues,
    mesh: Mesh,
    asks: Asks,
    waits: Waits,
    arrivals: Arrivals,
  ) {
    this.#host = host
    this.#number = host.number
    this.#values = values
    this.#mesh = mesh
    this.#asks = asks
    this.#room = host.pressure.room
    this.#waits = waits
    this.#arrivals = arrivals
    this.#whereabouts = host.whereabouts
  }

  tell(ref: ActorRef<never>, method: string, args: unknown[]): boolean {
    const address = this.#whereabouts.whereIs(ref.address)
    const reason = this.refusal(address)
    if (reason === undefined)
      return this.hand(kindOf(kind.tell, ref), address, method, args, 0, Infinity)
    this.#host.happenings.bury(reason, address, method)
    return false
  }

  async send(ref: ActorRef<never>, method: string, args: unknown[]): Promise<void> {
    const address = this.#whereabouts.whereIs(ref.address)
    if (this.#whereabouts.isAwaited(address)) {
      const { timeoutMs = Infinity, signal } = ref.options
      const copied = this.#copyFor(address, method, args)
      await this.#whereabouts.whenFound(address, timeoutMs, signal)
      await this.send(ref, method, copied)
      return
    }
    const { options } = ref
    options.signal?.throwIfAborted()
    const refusal = this.refusal(address)
    const how = kindOf(kind.tell, ref)
    if (refusal === undefined) this.hand(how, address, method, args, 0, Infinity)
    else if (refusal !== 'overflow')
      throw this.#whereabouts.whyNot(address.host, this.#nameOf(address, method))
    else if (this.#room.overflowOf(address) === 'drop-newest')
      this.#host.happenings.bury(refusal, address, method)
    else {
      const answer = this.#answerOf(address, options.signal)
      answer.method = method
      answer.to = address
      this.#asks.add(answer, options.timeoutMs ?? Infinity)
      this.#hold(answer, address, options.signal, args, (copied) => {
        this.#asks.remove(answer)
        this.hand(how, address, method, copied, 0, Infinity)
        answer.settle(undefined)
      })
      await answer.promise
    }
  }

  ask(ref: ActorRef<never>, method: string, args: unknown[]): Promise<unknown> {
    if (this.#whereabouts.isAwaited(ref.address)) return this.#askLater(ref, method, args)
    const { options, owner } = ref
    const address = this.#whereabouts.whereIs(ref.address)
    const answer = this.#answerOf(address, options.signal)
    this.#asks.add(answer, options.timeoutMs ?? this.#waits.timeLeft(owner?.deadline))
    this.#begin(kindOf(kind.ask, ref), answer, answer.deadline, address, ref, method, args)
    return answer.promise
  }

  /**
   * As `ask` of an actor that is not awaited, for who may give it up without a signal: to make one and listen
   * to it takes longer than all else that an ask needs.
   */
  begin(ref: ActorRef<never>, method: string, args: unknown[], timeoutMs: number): Asking {
    const address = this.#whereabouts.whereIs(ref.address)
    const answer = new Answer(address.host, this.#waits)
    answer.address = address
    this.#asks.add(answer, timeoutMs)
    this.#begin(kindOf(kind.ask, ref), answer, answer.deadline, address, ref, method, args)
    return answer
  }

  stream(
    ref: ActorRef<never>,
    method: string,
    args: unknown[],
  ): AsyncGenerator<unknown, void, void> {
    if (this.#whereabouts.isAwaited(ref.address))
      return this.#streamOnceFound(ref, method, this.#copyFor(ref.address, method, args))
    const { options, owner } = ref
    const { signal, timeoutMs = Infinity } = options
    const address = this.#whereabouts.whereIs(ref.address)
    const until = owner?.deadline ?? Infinity
    const window = address.host === this.#number ? LOCAL_WINDOW : WINDOW
    const begin = (reader: StreamReader): void => {
      this.#asks.add(reader, Infinity)
      this.#begin(kindOf(kind.stream, ref), reader, until, address, ref, method, args)
    }
    return new StreamReader({ address, window, signal, timeoutMs, until, begin }, this.#waits)
  }

  stop(actor: Address, options: StopOptions): Promise<void> {
    return this.#host.stopping.stop(actor, options)
  }

  down(address: Address, signal: AbortSignal | undefined): Promise<Down> {
    return this.#host.watches.down(address, signal)
  }

  async path(actor: Address): Promise<string> {
    const address = this.#whereabouts.whereIs(actor)
    return (await this.#host.request(address.host, 'path', address)) as string
  }

  /** Why a message should not be handed over now. */
  refusal(address: Address): DeadLetterReason | undefined {
    const { host } = address
    if (this.#whereabouts.isClosed || this.#whereabouts.isGone(host)) return 'host lost'
    return this.#room.isFull(address) ? 'overflow' : undefined
  }

  /** Whether a message told now would be taken. */
  hasRoom(actor: Address): boolean {
    return this.refusal(this.#whereabouts.whereIs(actor)) === undefined
  }

  /** Puts a message where the actor is. @throws {ActorError} `EVALUE`, `EMSGSIZE` */
  hand(
    how: Kind,
    address: Address,
    method: string,
    args: unknown[],
    id: number,
    deadline: number,
  ): boolean {
    const { host, slot, generation } = address
    if (host === this.#number) {
      const body = this.#argumentsFor(address, method, args)
      this.#arrivals.deliver({
        kind: how,
        slot,
        generation,
        from: host,
        id,
        deadline,
        method,
        body,
      })
    } else {
      const parcel: Parcel = { kind: how, slot, generation, id, deadline, method, body: args }
      try {
        this.#mesh.post(host, lane.users, parcel)
      } catch (error) {
        throw aboutCall(error, () => this.#nameOf(address, method))
      }
    }
    return true
  }

  /** As `value of /counter`: only errors need it. */
  #nameOf(address: Address, method: string): string {
    return `${method} of ${this.#host.nameOf(address)}`
  }

  #argumentsFor(address: Address, method: string, args: unknown[]): unknown[] {
    try {
      return this.#values.copyArguments(args)
    } catch (error) {
      throw aboutCall(error, () => this.#nameOf(address, method))
    }
  }

  /** The caller's own, which it cannot change while they wait. */
  #copyFor(address: Address, method: string, args: unknown[]): unknown[] {
    try {
      return this.#host.copyArgs(args)
    } catch (error) {
      throw aboutCall(error, () => this.#nameOf(address, method))
    }
  }

  #answerOf(address: Address, signal: AbortSignal | undefined): Answer {
    return signal === undefined
      ? new Answer(address.host, this.#waits)
      : new AbortableAnswer(address, this.#waits, signal)
  }

  /** It is among what is asked; what it asks leaves now, or when there is room. */
  #begin(
    how: Kind,
    pending: Pending,
    deadline: number,
    address: Address,
    { options: { signal }, owner }: ActorRef<never>,
    method: string,
    args: unknown[],
  ): void {
    const refusal = this.refusal(address)
    pending.owner = owner
    pending.method = method
    pending.to = address
    if (refusal === 'overflow')
      this.#hold(pending, address, signal, args, (copied) =>
        this.hand(how, address, method, copied, pending.id, deadline),
      )
    else if (signal?.aborted === true) this.#giveUp(pending, signal.reason)
    else if (refusal !== undefined)
      this.#giveUp(pending, this.#whereabouts.whyNot(address.host, pending.asked))
    else
      try {
        this.hand(how, address, method, args, pending.id, deadline)
      } catch (error) {
        this.#giveUp(pending, error)
      }
  }

  /** It waits until there is room, if it may. @param leave may throw */
  #hold(
    pending: Pending,
    address: Address,
    signal: AbortSignal | undefined,
    args: unknown[],
    leave: (copied: unknown[]) => void,
  ): void {
    try {
      signal?.throwIfAborted()
      if (this.#room.overflowOf(address) !== 'wait')
        throw new ActorError('EOVERFLOW', `${pending.asked}: the mailbox is full`)
      const copied = this.#copyFor(address, pending.method, args)
      this.#room.wait(pending, address, () => {
        try {
          leave(copied)
        } catch (error) {
          this.#giveUp(pending, error)
        }
      })
    } catch (error) {
      this.#giveUp(pending, error)
    }
  }

  /** It was never handed over. */
  #giveUp(pending: Pending, error: unknown): void {
    this.#asks.remove(pending)
    pending.fail(error)
  }

  async #askLater(ref: ActorRef<never>, method: string, args: unknown[]): Promise<unknown> {
    const { timeoutMs = this.#waits.timeLeft(ref.owner?.deadline), signal } = ref.options
    const deadline = this.#host.now() + timeoutMs
    const copied = this.#copyFor(ref.address, method, args)
    await this.#whereabouts.whenFound(ref.address, timeoutMs, signal)
    const left = Math.max(0, deadline - this.#host.now())
    return await this.ask(ref.calledWith({ timeoutMs: left }), method, copied)
  }

  /** It begins when it is known where the actor is; who has left by then does not wait for that. */
  #streamOnceFound(
    ref: ActorRef<never>,
    method: string,
    args: unknown[],
  ): AsyncGenerator<unknown, void, void> {
    const leaving = new AbortController()
    const items = this.#streamLater(ref, method, args, leaving.signal)
    // A generator that awaits something returns only when that has come.
    const leave = items.return.bind(items)
    items.return = () => {
      leaving.abort()
      return leave()
    }
    return items
  }

  async *#streamLater(
    ref: ActorRef<never>,
    method: string,
    args: unknown[],
    left: AbortSignal,
  ): AsyncGenerator<unknown, void, void> {
    const { options, owner } = ref
    const { timeoutMs = Infinity } = options
    const signal = options.signal === undefined ? left : AbortSignal.any([options.signal, left])
    const untilMs = Math.max(0, (owner?.deadline ?? Infinity) - this.#host.now())
    try {
      await this.#whereabouts.whenFound(ref.address, Math.min(timeoutMs, untilMs), signal)
      yield* this.stream(ref.calledWith({ signal }), method, args)
    } catch (error) {
      if (!left.aborted) throw error
    }
  }
}

/** A tell, an ask or a stream, as the ref sends it. */
const kindOf = (how: Kind, { options }: ActorRef<never>): Kind =>
  kindFrom(how, options.isFromOutside)
