import type { Reply } from 'zeromq'

/** The domain whose clients are not let in. */
export const REFUSED_DOMAIN = 'refused'

/**
 * Answers what the servers of libzmq ask until the handler is closed: who shows a password or a key,
 * the last part of its credentials, is let in if that is among those admitted, in hex.
 *
 * @see RFC 27/ZAP
 */
export async function answerZap(handler: Reply, admitted: ReadonlySet<string>): Promise<void> {
  for await (const request of handler) {
    const [version, requestId, domain, , , , ...credentials] = request
    const isKnown = credentials.length === 0 || admitted.has(credentials.at(-1)!.toString('hex'))
    const isLetIn = isKnown && String(domain) !== REFUSED_DOMAIN
    // Without a user id: a REQ of libzmq that is the server takes one for the peer's mistake, and closes.
    await handler.send([version!, requestId!, isLetIn ? '200' : '400', '', '', ''])
  }
}
