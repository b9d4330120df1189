import { Router, SocketError, type Context } from '@ringpost/core'
import { engage, type Engaged } from '@ringpost/core/internal'
import { checkOptions, Rules, type AuthenticatorRules } from './rules.ts'
import { decodeZapRequest, encodeZapReply, ZAP_NAME, type ZapReply } from './zapMessage.ts'

const ZAP_ENDPOINT = `inproc://${ZAP_NAME}`
/** So many requests are answered in one turn of the event loop. */
const BURST = 100
/** So many are being decided about at once; more wait where they are. */
const MOST_DECISIONS = 1000
/** Who has not decided by then has failed: others wait for the place, and the peer's handshake is over. */
const DECISION_MS = 30_000

export interface AuthenticatorOptions extends AuthenticatorRules {
  /** Whose sockets ask it. Default the process's. */
  readonly context?: Context
  /** Rules for some domains (`zapDomain`), in place of those beside this. */
  readonly domains?: Readonly<Record<string, AuthenticatorRules>>
  /**
   * Told when who decides fails, or a folder cannot be read; the peer is refused with status 500.
   * By default it is a warning of the process's.
   */
  readonly onError?: (error: Error) => void
}

/**
 * Says who may connect to the servers of a context, in all of its threads, by addresses, passwords
 * and keys: it answers at `inproc://zeromq.zap.01`, of which a context has one.
 *
 * It answers while its thread's event loop turns, and does not keep the process alive.
 *
 * @see RFC 27/ZAP
 */
export class Authenticator {
  readonly #router: Router
  readonly #engaged: Engaged
  readonly #rules: Rules
  readonly #domains: ReadonlyMap<string, Rules>
  readonly #onError: (error: Error) => void
  #decisions = 0
  #isDue = false

  /**
   * @throws {TypeError} an unknown option, or one of a wrong type; an address, a password or a key that is
   *   none
   * @throws {SocketError} `EADDRINUSE`: the context has an authenticator; `EMFILE`, `ETERM`
   */
  constructor(options: AuthenticatorOptions = {}) {
    checkOptions(options)
    const { context, domains = {}, onError = warn, ...rules } = options
    checkOptions(domains, 'domains')
    if (typeof onError !== 'function') throw new TypeError('onError must be a function')
    this.#rules = new Rules(rules)
    this.#domains = new Map(
      Object.entries(domains).map(([domain, its]) => [domain, new Rules(its)]),
    )
    this.#onError = onError
    this.#router = new Router(context === undefined ? { linger: 0 } : { context, linger: 0 })
    try {
      this.#router.bindSync(ZAP_ENDPOINT)
    } catch (error) {
      this.#router.close()
      throw isInUse(error) ? secondAuthenticator(error) : error
    }
    this.#engaged = this.#router[engage](() => this.#changed())
    this.#changed()
  }

  /** True after `close`, and after the end of its context. */
  get closed(): boolean {
    return this.#router.closed
  }

  /**
   * Stops answering. From then on it is as if there had never been an authenticator: PLAIN lets nobody
   * in, CURVE everybody, unless `zapDomain` and `zapEnforceDomain` are set.
   */
  close(): void {
    this.#router.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  readonly #changed = (): void => {
    if (this.#isDue || this.closed) return
    this.#isDue = true
    queueMicrotask(this.#turn)
  }

  /** Nobody there could catch what is thrown. */
  readonly #turn = (): void => {
    try {
      this.#receive()
    } catch (error) {
      this.#onError(error as Error)
    }
  }

  #receive(): void {
    this.#isDue = false
    const { pattern } = this.#engaged
    if (this.#router.context.isShutDown) this.close()
    for (let count = 0; !this.closed && this.#decisions < MOST_DECISIONS; count++) {
      if (count === BURST) {
        this.#isDue = true
        setImmediate(this.#turn)
        return
      }
      const message = pattern.receive()
      if (Array.isArray(message)) void this.#answer(message)
      else if (pattern.parkReceiving()) return
    }
  }

  async #answer([peer, ...frames]: Buffer[]): Promise<void> {
    const asked = decodeZapRequest(frames)
    // Nobody could make anything of an answer.
    if (asked === undefined) return
    this.#decisions++
    const rules = this.#domains.get(asked.request.domain) ?? this.#rules
    const reply = await this.#decide(() => rules.decide(asked.request))
    this.#decisions--
    if (this.closed) return
    try {
      this.#engaged.pattern.send([peer!, ...encodeZapReply(asked.id, reply)])
      this.#engaged.flush()
    } catch (error) {
      // No memory for it: the handshake it was about comes to the end of its time.
      this.#onError(error as Error)
    }
    this.#changed()
  }

  async #decide(decide: () => ReturnType<Rules['decide']>): Promise<ZapReply> {
    try {
      const decision = await inTime(decide)
      if (decision.accepted) return { status: 200, text: 'OK', userId: decision.userId }
      return { status: 400, text: decision.text, userId: '' }
    } catch (error) {
      this.#onError(error instanceof Error ? error : new Error(String(error)))
      return { status: 500, text: 'the authenticator failed', userId: '' }
    }
  }
}

const isInUse = (error: unknown): boolean =>
  error instanceof SocketError && error.code === 'EADDRINUSE'

/** Who makes one has named no address. */
const secondAuthenticator = (cause: unknown): SocketError =>
  new SocketError('EADDRINUSE', {
    message: `Address already in use: the context has an authenticator, at ${ZAP_ENDPOINT}, and may have one`,
    address: ZAP_ENDPOINT,
    cause,
  })

/** Rejects when it takes too long. */
async function inTime<T>(decide: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  try {
    return await Promise.race([
      decide(),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(new Error(`no decision about a peer in ${DECISION_MS} ms`))
        }, DECISION_MS).unref()
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}

const warn = (error: Error): void => process.emitWarning(error)
