import { AssertionError } from 'node:assert'
import { ActorDefinition } from '../definition/definition.ts'
import type { Handlers, HandlersOf } from '../definition/types.ts'
import { actorName } from '../definition/spawnOptions.ts'
import { ActorError } from '../errors.ts'
import type { ActorContext } from '../host/actorContext.ts'
import type { Down } from '../host/down.ts'
import type { ActorHandle, ActorRef } from '../host/ref.ts'
import { checkOptions, type Kinds } from '../options/checkOptions.ts'
import { milliseconds } from '../options/kinds.ts'
import type { ActorSystem } from '../system/system.ts'
import { Inbox } from './inbox.ts'
import { ProbeMessage } from './probeMessage.ts'
import { TestSystem } from './testSystem.ts'

/** Options of a probe. */
export interface ProbeOptions {
  /** Its name, among the actors of the program. Default: a number. */
  name?: string
  /**
   * How long to wait for what is expected, in milliseconds; in a simulated system it does not count: there
   * waiting ends when nothing is left to happen. Default 5,000.
   */
  timeoutMs?: number
}

const probeKinds: Kinds<ProbeOptions> = { name: actorName, timeoutMs: milliseconds(0) }

const TIMEOUT_MS = 5000

/** No message is called this: what was sent before it has come when it is answered. */
const FENCE = ' fence'

/** An actor that a probe watches is no more. */
export interface ProbeDown {
  readonly actor: ActorRef<never>
  readonly down: Down
}

/** What a probe has got: a message, or the end of an actor that it watches. */
export type ProbeEvent<H> = ProbeMessage<H> | ProbeDown

const isMessage = <H>(event: ProbeEvent<H>): event is ProbeMessage<H> =>
  event instanceof ProbeMessage

/**
 * An actor whose messages a test awaits and answers, one after the other, in the order in which they came.
 *
 * @typeParam D the definition, or the handlers, of the actor that it stands for
 */
export class Probe<D = Handlers> implements AsyncDisposable {
  /** To be handed to those who shall talk to it. */
  readonly ref: ActorHandle<D>
  readonly #system: ActorSystem
  readonly #context: ActorContext
  readonly #inbox: Inbox<ProbeEvent<HandlersOf<D>>>
  readonly #timeoutMs: number

  /** @internal */
  constructor(
    system: ActorSystem,
    ref: ActorHandle<D>,
    context: ActorContext,
    inbox: Inbox<ProbeEvent<HandlersOf<D>>>,
    timeoutMs: number,
  ) {
    this.#system = system
    this.ref = ref
    this.#context = context
    this.#inbox = inbox
    this.#timeoutMs = timeoutMs
  }

  /** What has come and was not taken yet. */
  get waiting(): number {
    return this.#inbox.length
  }

  /**
   * The next message, which is to be of that name.
   *
   * @throws {AssertionError} something else comes, or nothing
   */
  async expectMessage<M extends keyof HandlersOf<D> & string>(
    method: M,
  ): Promise<ProbeMessage<HandlersOf<D>, M>> {
    const event = await this.#next(method)
    if (isMessage(event) && event.method === method) return event as never
    throw unexpected(method, event)
  }

  /**
   * The next message of that name; whatever comes before it is passed over.
   *
   * @throws {AssertionError} none comes
   */
  async skipTo<M extends keyof HandlersOf<D> & string>(
    method: M,
  ): Promise<ProbeMessage<HandlersOf<D>, M>> {
    while (true) {
      const event = await this.#next(method)
      if (isMessage(event) && event.method === method) return event as never
    }
  }

  /**
   * What comes next: a message, or the end of an actor that is watched.
   *
   * @throws {AssertionError} nothing comes
   */
  receive(): Promise<ProbeEvent<HandlersOf<D>>> {
    return this.#next('a message')
  }

  /**
   * Settles when it is certain that nothing comes.
   *
   * @param until decides it: nothing has come when this settles that was sent before by the same actor, or on
   *   the way to it. In a simulated system it may be left out: nothing has come when nothing is left to happen
   * @throws {AssertionError} something has come; {ActorError} `EINVAL`: it is not said until when
   */
  async expectNoMessage(until?: Promise<unknown>): Promise<void> {
    if (until !== undefined) {
      await Promise.race([until, this.#inbox.arrival()])
      await this.ref.callAsk(FENCE, [])
    } else if (this.#system instanceof TestSystem) await this.#system.settle()
    else
      throw new ActorError(
        'EINVAL',
        'Only a simulated system knows that nothing comes: say until when',
      )
    const event = this.#inbox.take()
    if (event !== undefined) throw unexpected('no message', event)
  }

  /** What becomes of that actor is among what this one gets. @returns takes it back */
  watch<H>(actor: ActorRef<H>): () => void {
    return this.#context.watch(actor, (down) => {
      this.#inbox.put({ actor: actor as ActorRef<never>, down })
    })
  }

  /**
   * What comes next is to be the end of that actor, which is watched.
   *
   * @throws {AssertionError} something else comes, or nothing
   */
  async expectDown<H>(actor: ActorRef<H>): Promise<Down> {
    const expected = `the end of ${String(actor)}`
    const event = await this.#next(expected)
    if (!isMessage(event) && event.actor.equals(actor as ActorRef<never>)) return event.down
    throw unexpected(expected, event)
  }

  /** Stops it. What was not answered fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.ref.stop({ drain: false, graceMs: 0 })
  }

  async #next(expected: string): Promise<ProbeEvent<HandlersOf<D>>> {
    const known = this.#inbox.take()
    if (known !== undefined) return known
    const arrival = this.#inbox.arrival()
    if (this.#system instanceof TestSystem) await Promise.race([arrival, this.#system.silence()])
    else await within(this.#timeoutMs, arrival)
    const event = this.#inbox.take()
    if (event !== undefined) return event
    throw new AssertionError({
      message: `Expected ${expected}, but nothing has come${this.#circumstances()}`,
      operator: 'expectMessage',
    })
  }

  #circumstances(): string {
    if (!(this.#system instanceof TestSystem)) return ` for ${this.#timeoutMs} ms`
    return `, and nothing is left to happen (schedule ${String(this.#system.schedule)})`
  }
}

/**
 * Makes a probe, in the program's own host. Its ref is as that of any actor.
 *
 * @throws {ActorError} as `system.spawn`
 */
export async function createProbe<D = Handlers>(
  system: ActorSystem,
  options: ProbeOptions = {},
): Promise<Probe<D>> {
  checkOptions('createProbe', options, probeKinds)
  const { name, timeoutMs = TIMEOUT_MS } = options
  const inbox = new Inbox<ProbeEvent<HandlersOf<D>>>()
  let context!: ActorContext
  const definition = new ActorDefinition<[], D>(
    import.meta.url,
    'probe',
    (ctx) => {
      context = ctx
      return handlersInto(ctx, (message) => inbox.put(message as never)) as D
    },
    // It answers when the test says so, and takes other messages meanwhile.
    { host: 'here', concurrency: Number.MAX_SAFE_INTEGER, ...(name === undefined ? {} : { name }) },
  )
  const ref = await system.spawn(definition)
  return new Probe(system, ref, context, inbox, timeoutMs)
}

/** A handler of every name. */
const handlersInto = (
  ctx: ActorContext,
  put: (message: ProbeMessage<Handlers>) => void,
): Handlers =>
  new Proxy<Handlers>(
    {},
    {
      get: (_, method) => {
        if (typeof method !== 'string' || method === 'then') return undefined
        if (method === FENCE) return () => undefined
        return (...args: unknown[]) => {
          const message = new ProbeMessage<Handlers>(method, args as never, ctx.message)
          put(message)
          return message.outcome
        }
      },
    },
  )

function unexpected(expected: string, event: ProbeEvent<never>): AssertionError {
  const actual = isMessage(event)
    ? `${event.verb} ${event.method}`
    : `the end of ${String(event.actor)}: ${event.down.reason}`
  return new AssertionError({
    message: `Expected ${expected}, but got ${actual}`,
    expected,
    actual: isMessage(event) ? event.method : event.down,
    operator: 'expectMessage',
  })
}

/** Settles with the work, or after so many milliseconds. */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
