import type { Message } from '../host/message.ts'

type ArgumentsOf<F> = F extends (...args: infer Args) => unknown ? Args : never

type Items<T> = Iterable<T> | AsyncIterable<T>

/** What answers a message: of one that streams, its items. */
type AnswerTo<F> = F extends (...args: never[]) => infer R
  ? R extends Generator<infer T> | AsyncGenerator<infer T>
    ? Items<T>
    : Awaited<R>
  : never

/** A message that a probe has got. One that was asked waits for its answer, until its asker gives up. */
export class ProbeMessage<H, M extends keyof H = keyof H> {
  readonly method: M & string
  readonly args: ArgumentsOf<H[M]>
  /** How it was sent; a `send` is a `tell` to whom it is for. */
  readonly verb: 'tell' | 'ask' | 'stream'
  /** Aborted when nobody waits for the answer any more, as `ctx.message.signal` is. */
  readonly signal: AbortSignal
  /** @internal What its handler returns. */
  readonly outcome: unknown
  #settle: ((answer: unknown) => void) | undefined
  #fail: ((error: unknown) => void) | undefined

  /** @internal */
  constructor(method: M & string, args: ArgumentsOf<H[M]>, { verb, signal }: Message) {
    this.method = method
    this.args = args
    this.verb = verb
    this.signal = signal
    if (verb === 'tell') return
    this.outcome = new Promise((resolve, reject) => {
      this.#settle = resolve
      this.#fail = reject
      // Nobody hears the answer, and the message is under way no more.
      signal.addEventListener('abort', () => this.reply([] as never), { once: true })
    })
  }

  /** Answers it; a stream with its items. Nobody waits for an answer to what was told. */
  reply(answer: AnswerTo<H[M]>): void {
    const isStream = this.verb === 'stream'
    this.#settle?.(isStream ? itemsOf(answer as Items<unknown>) : answer)
  }

  /** Answers it with an error. */
  fail(error: unknown): void {
    this.#fail?.(error)
  }
}

async function* itemsOf(items: Items<unknown>): AsyncGenerator<unknown> {
  yield* items
}
