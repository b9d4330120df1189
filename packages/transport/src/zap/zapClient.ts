import type { Site } from '@ringpost/core/internal'
import { WireError } from '../errors.ts'
import type { Authenticator, Verdict } from '../mechanism/mechanism.ts'
import { Conversation } from './conversation.ts'
import { decodeZapReply, encodeZapRequest, ZAP_NAME, type ZapRequest } from './zapMessage.ts'

/**
 * So many requests may lie unread at the handler although their connections are gone: who connects
 * and leaves again and again must not fill the memory of a context whose handler is slow.
 */
const MOST_ABANDONED = 1000

/** Asks the ZAP handler of one context, for all connections of one thread. */
class ZapClient {
  readonly #inproc: Site['inproc']
  readonly #abandoned = new Set<Conversation>()

  constructor(inproc: Site['inproc']) {
    this.#inproc = inproc
  }

  /**
   * Undefined when nobody has bound the handler's name. Rejects with WireError: `ZAP_…`, and
   * `AUTHENTICATOR_FAILED` when the handler goes, does not keep up, or is a socket of another type.
   */
  ask(request: ZapRequest, signal: AbortSignal): Promise<Verdict> | undefined {
    if (!this.#inproc.isBound(ZAP_NAME)) return undefined
    this.#forgetRead()
    if (this.#abandoned.size >= MOST_ABANDONED) {
      throw failed('who answers at it does not keep up')
    }
    return new Promise((resolve, reject) => {
      const conversation = new Conversation(this.#inproc, (reply) => {
        signal.removeEventListener('abort', abandon)
        this.#abandoned.delete(conversation)
        try {
          if (reply === undefined) throw failed('who answered at it is gone')
          resolve(decodeZapReply(reply))
        } catch (error) {
          reject(error as Error)
        }
      })
      const abandon = (): void => {
        reject(failed('the connection is gone'))
        this.#abandon(conversation)
      }
      signal.addEventListener('abort', abandon)
      try {
        conversation.ask(encodeZapRequest(request))
      } catch (error) {
        reject(error as Error)
        conversation.close()
      }
    })
  }

  /** What was not read stays where it lies, and is counted. */
  #abandon(conversation: Conversation): void {
    if (conversation.isUnread) this.#abandoned.add(conversation)
    else conversation.close()
  }

  #forgetRead(): void {
    for (const conversation of this.#abandoned) {
      if (!conversation.isUnread) conversation.close()
    }
  }
}

const clients = new WeakMap<Site['inproc'], ZapClient>()

function clientOf(inproc: Site['inproc']): ZapClient {
  const client = clients.get(inproc) ?? new ZapClient(inproc)
  clients.set(inproc, client)
  return client
}

/**
 * Asks the ZAP handler of a socket's context about peers, each at its address, as the socket's
 * options are now.
 *
 * @param isRequired whether nobody comes in while there is no handler; otherwise all do
 */
export function zapAuthenticator(
  { inproc, options }: Site,
  isRequired: boolean,
): (address: string) => Authenticator {
  const domain = options.zapDomain ?? ''
  const routingId = options.routingId ?? new Uint8Array()
  return (address) =>
    async ({ mechanism, credentials, signal }) => {
      const request = { domain, address, routingId, mechanism, credentials }
      const verdict = clientOf(inproc).ask(request, signal)
      if (verdict !== undefined) return verdict
      if (isRequired) throw failed('nobody has bound it')
      return { accepted: true }
    }
}

const failed = (why: string): WireError =>
  new WireError('AUTHENTICATOR_FAILED', `inproc://${ZAP_NAME}: ${why}`)
